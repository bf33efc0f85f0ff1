/** The twenty tasks of Gao et al. 2025 (Table 1), over our own programs. */
import type { PairedTask } from '../paired-task.js'
import { bracketBrace } from './bracket-brace.js'
import { bracketCounting } from './bracket-counting.js'
import { classInit } from './class-init.js'
import { elseElif } from './else-elif.js'
import { enumerateRange } from './enumerate-range.js'
import { finalKwarg } from './final-kwarg.js'
import { forWhile } from './for-while.js'
import { fstringBrace } from './fstring-brace.js'
import { ifEquals } from './if-equals.js'
import { ifTernary } from './if-ternary.js'
import { indentFor } from './indent-for.js'
import { lambdaFunc } from './lambda-func.js'
import { setOrString } from './set-or-string.js'
import { setOrStringFixedvarname } from './set-or-string-fixedvarname.js'
import { singleDoubleQuote } from './single-double-quote.js'
import { varIf } from './var-if.js'
import { varSwap } from './var-swap.js'
import { whileReturnTrue } from './while-return-true.js'
import { withAs } from './with-as.js'
import { withOpen } from './with-open.js'

export const PYTHON_TASKS: readonly PairedTask[] = [
  bracketBrace,
  bracketCounting,
  classInit,
  elseElif,
  enumerateRange,
  finalKwarg,
  forWhile,
  fstringBrace,
  ifEquals,
  ifTernary,
  indentFor,
  lambdaFunc,
  setOrString,
  setOrStringFixedvarname,
  singleDoubleQuote,
  varIf,
  varSwap,
  whileReturnTrue,
  withAs,
  withOpen,
]

/** Twelve of the tasks of Gao et al. 2025 (Table 1) in the small language, which is made of them. */
import type { PairedTask } from '../paired-task.js'
import { bracketBrace } from './bracket-brace.js'
import { bracketCounting } from './bracket-counting.js'
import { elseElif } from './else-elif.js'
import { enumerateRange } from './enumerate-range.js'
import { forWhile } from './for-while.js'
import { ifEquals } from './if-equals.js'
import { lambdaFunc } from './lambda-func.js'
import { setOrString } from './set-or-string.js'
import { singleDoubleQuote } from './single-double-quote.js'
import { varSwap } from './var-swap.js'
import { whileReturnTrue } from './while-return-true.js'
import { withAs } from './with-as.js'

export const SMALL_PYTHON_TASKS: readonly PairedTask[] = [
  bracketBrace,
  bracketCounting,
  elseElif,
  enumerateRange,
  forWhile,
  ifEquals,
  lambdaFunc,
  setOrString,
  singleDoubleQuote,
  varSwap,
  whileReturnTrue,
  withAs,
]

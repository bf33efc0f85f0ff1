/** Texts that a plan can name: each opens with the plan's options for it and the plan's seed. */
import { readFile } from 'node:fs/promises'
import type { JsonValue } from '../domain/canonical-json.js'
import { InvalidInput, NotFound } from '../domain/errors.js'
import { PlanFields } from '../domain/training/plan-fields.js'
import type { TrainingPlan } from '../domain/training/training-plan.js'
import { pythonTokenSource } from '../formats/python-source/python-token-source.js'
import { TOKENIZER_FILE } from '../model/byte-pair-tokenizer.js'
import { STATEMENT_KINDS, smallPython } from '../model/texts/small-python.js'
import type { TokenSource } from '../model/texts/token-source.js'

type TextOptions = { readonly [option: string]: JsonValue }

export type OpenText = (
  options: TextOptions,
  seed: number,
  signal: AbortSignal,
) => TokenSource | Promise<TokenSource>

/** By the name that stands in a plan. */
export const trainingTexts: ReadonlyMap<string, OpenText> = new Map<string, OpenText>([
  ['small-python', smallPythonText],
  ['python', pythonText],
])

/** Throws NOT_FOUND for a name that no text has, and what the text throws for its options. */
export async function openText(
  { text, seed }: TrainingPlan,
  signal: AbortSignal,
  texts: ReadonlyMap<string, OpenText> = trainingTexts,
): Promise<TokenSource> {
  const open = texts.get(text.name)
  if (open === undefined)
    throw new NotFound(`there is no text ${JSON.stringify(text.name)} to train on`, {
      path: 'text.name',
      hint: `the texts are ${[...texts.keys()].join(', ')}`,
    })
  return open(text.options, seed, signal)
}

/** `kinds`: which statements occur, all by default. */
function smallPythonText(options: TextOptions, seed: number): TokenSource {
  const fields = new PlanFields(options, 'text.options')
  const kinds = fields.has('kinds') ? fields.texts('kinds', STATEMENT_KINDS) : STATEMENT_KINDS
  fields.end()
  fields.throwFaults()
  return smallPython(seed, kinds)
}

/**
 * `folder` of Python source and `tokenizer`, the path of a `tokenizer.json`; `templateShare` of the rows is programs of
 * task templates, a tenth by default.
 */
async function pythonText(options: TextOptions, seed: number, signal: AbortSignal): Promise<TokenSource> {
  const fields = new PlanFields(options, 'text.options')
  const folder = fields.text('folder')
  const path = fields.text('tokenizer')
  const templateShare = fields.has('templateShare') ? fields.number('templateShare', 0, 1) : 0.1
  fields.end()
  fields.throwFaults()
  const tokenizer = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new InvalidInput('BAD_INPUT', `the ${TOKENIZER_FILE} ${path} cannot be read: ${cause.code}`, {
      path: 'text.options.tokenizer',
      hint: 'circuitql tokenizer train FOLDER makes one',
      cause,
    })
  })
  return (await pythonTokenSource({ folder, tokenizer, templateShare, seed }, { signal })).source
}

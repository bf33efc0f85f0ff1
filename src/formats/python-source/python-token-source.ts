/** Python programs of a folder as a source to train on, with task templates mixed in where they are asked for. */
import { sha256Hex } from '../../domain/sha256.js'
import { BytePairTokenizer } from '../../model/byte-pair-tokenizer.js'
import { PYTHON_TASKS } from '../../model/tasks/python/python-tasks.js'
import { packedText } from '../../model/texts/packed-text.js'
import { withTaskTemplates } from '../../model/texts/task-mixture.js'
import type { TokenSource } from '../../model/texts/token-source.js'
import { type PythonSourceOptions, type PythonSourceRecord, readPythonSource } from './read-python-source.js'

export interface PythonTextPlan {
  readonly folder: string
  /** Text of the `tokenizer.json`; it goes with the model. */
  readonly tokenizer: string
  /** Share of the rows that is programs of task templates, 0 to 1. */
  readonly templateShare: number
  readonly seed: number
}

/** Throws what `readPythonSource` and `withTaskTemplates` throw, BAD_FILE for a tokenizer that is none. */
export async function pythonTokenSource(
  { folder, tokenizer: json, templateShare, seed }: PythonTextPlan,
  options: PythonSourceOptions,
): Promise<{ readonly source: TokenSource; readonly record: PythonSourceRecord }> {
  const tokenizer = new BytePairTokenizer(json)
  const { text, record } = await readPythonSource(folder, tokenizer, options)
  const name = `${text.name}, tokenizer ${sha256Hex(json).slice(0, 12)}`
  const source = { ...packedText({ ...text, name }, seed), tokenizer: json }
  if (templateShare === 0) return { source, record }
  const { endOfText } = tokenizer
  const mixture = { tasks: PYTHON_TASKS, share: templateShare, tokenizer, endOfText }
  return { source: withTaskTemplates(source, mixture, seed), record }
}

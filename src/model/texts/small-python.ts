/**
 * small-python@1: statements of a small Python-like language, mixed at random. Each kind of statement is what a task
 * of the language asks about; held-out templates and prompts of the tasks never occur.
 */
import { InvalidInput } from '../../domain/errors.js'
import { greedyTokenizer } from '../greedy-tokenizer.js'
import type { Draws } from '../tasks/generated.js'
import { type PairedTask, trainingText, untrainedPrompts } from '../tasks/paired-task.js'
import { SMALL_PYTHON_TASKS } from '../tasks/small-python/small-python-tasks.js'
import { ALONE } from '../tasks/small-python/words.js'
import { KeptPrompts } from './kept-prompts.js'
import { heldOutRows, trainingRows } from './seeded-rows.js'
import { SMALL_PYTHON_VOCABULARY } from './small-python-vocabulary.js'
import type { TokenSource } from './token-source.js'

const NAME = 'small-python'
const VERSION = '1'

/** Kinds of statements: the tasks' names without the language. */
export const STATEMENT_KINDS: readonly string[] = SMALL_PYTHON_TASKS.map(kindOf)

/** `kinds`: which statements occur, each as often as the others; all of them by default. Throws BAD_INPUT for one that there is not. */
export function smallPython(seed: number, kinds: readonly string[] = STATEMENT_KINDS): TokenSource {
  const unknown = kinds.find((kind) => !STATEMENT_KINDS.includes(kind))
  if (unknown !== undefined || kinds.length === 0)
    throw new InvalidInput(
      'BAD_INPUT',
      `${NAME} has no statements ${JSON.stringify(unknown ?? '')}; it has ${STATEMENT_KINDS.join(', ')}`,
    )
  const statements = new Statements(SMALL_PYTHON_TASKS.filter((task) => kinds.includes(kindOf(task))))
  const draw = (draws: Draws, length: number): number[] => statements.row(draws, length)
  const all = STATEMENT_KINDS.every((kind) => kinds.includes(kind))
  return {
    name: `${NAME}@${VERSION}${all ? '' : ` (${[...new Set(kinds)].sort().join(', ')})`}`,
    vocabulary: SMALL_PYTHON_VOCABULARY,
    batch: (step, count, length) => trainingRows(seed, step, count, length, draw),
    heldOut: (count, length) => heldOutRows(count, length, draw),
  }
}

function kindOf({ name }: PairedTask): string {
  return name.slice(NAME.length + 1)
}

class Statements {
  readonly #tasks: readonly PairedTask[]
  readonly #kept: KeptPrompts
  readonly #tokenizer = greedyTokenizer(SMALL_PYTHON_VOCABULARY)

  constructor(tasks: readonly PairedTask[]) {
    this.#tasks = tasks.map((task) => ({ ...task, surroundings: ALONE }))
    // Of all tasks: text is the same whichever statements it was put together from.
    this.#kept = new KeptPrompts(SMALL_PYTHON_TASKS.flatMap((task) => untrainedPrompts(task)))
  }

  row(draws: Draws, length: number): number[] {
    const tokens: number[] = []
    let text = ''
    while (tokens.length < length) {
      const statement = trainingText(draws.one(this.#tasks), draws, this.#kept.prompts)
      if (this.#kept.standIn(text + statement, text.length)) continue
      text += statement
      tokens.push(...this.#tokenizer.encode(statement))
    }
    return tokens.slice(0, length)
  }
}

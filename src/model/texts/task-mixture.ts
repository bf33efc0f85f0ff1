/**
 * A source with programs of task templates mixed in: a stated share of its rows. Only templates that are trained on
 * occur, and never a prompt that a task holds out.
 */
import { InvalidInput } from '../../domain/errors.js'
import { Draws } from '../tasks/generated.js'
import { type PairedTask, trainingText, untrainedPrompts } from '../tasks/paired-task.js'
import type { TextTokenizer } from '../text-tokenizer.js'
import { KeptPrompts } from './kept-prompts.js'
import { mixedSeed, putHeldOutRow, putTrainingRow, type RowDraw } from './seeded-rows.js'
import type { TokenSource } from './token-source.js'

export interface TaskMixture {
  readonly tasks: readonly PairedTask[]
  /** Share of the rows that are programs of templates, 0 to 1. */
  readonly share: number
  readonly tokenizer: TextTokenizer
  /** Id that closes a program; null for none. */
  readonly endOfText: number | null
}

/** Throws BAD_INPUT for a share that is none, and for no tasks. */
export function withTaskTemplates(source: TokenSource, mixture: TaskMixture, seed: number): TokenSource {
  const { tasks, share } = mixture
  if (!(share >= 0 && share <= 1))
    throw new InvalidInput('BAD_INPUT', `the share of task templates is ${share}, not from 0 to 1`)
  if (tasks.length === 0) throw new InvalidInput('BAD_INPUT', 'a mixture of task templates names no task')
  const draw = programRows(mixture)
  return {
    name: `${source.name} with ${Number((100 * share).toFixed(4))} % templates of ${tasks.map(({ name, version }) => `${name}@${version}`).join(', ')}`,
    vocabulary: source.vocabulary,
    ...(source.tokenizer === undefined ? {} : { tokenizer: source.tokenizer }),
    batch: (step, count, length) => {
      const out = source.batch(step, count, length)
      for (let row = 0; row < count; row++) {
        const chosen = new Draws(mixedSeed(seed, CHOICES, step, row)).below(1 << 30) < share * (1 << 30)
        if (chosen) putTrainingRow(out, mixedSeed(seed, PROGRAMS), step, row, length, draw)
      }
      return out
    },
    heldOut: (count, length) => {
      const out = source.heldOut(count, length)
      for (let row = 0; row < count; row++) {
        // Spread evenly, and the same share whatever the count.
        const chosen = Math.floor((row + 1) * share) > Math.floor(row * share)
        if (chosen) putHeldOutRow(out, row, length, draw)
      }
      return out
    },
  }
}

/** What two draws of one place are for, so that they are unrelated. */
const PROGRAMS = 1
const CHOICES = 2

/** Programs of templates, one after another, as text for a tokenizer to be trained on. */
export function templatePrograms(
  tasks: readonly PairedTask[],
  count: number,
  seed: number,
): readonly string[] {
  const programs = new Programs(tasks)
  const draws = new Draws(seed)
  return Array.from({ length: count }, () => programs.draw(draws))
}

function programRows({ tasks, tokenizer, endOfText }: TaskMixture): RowDraw {
  const programs = new Programs(tasks)
  return (draws, length) => {
    const tokens: number[] = []
    while (tokens.length < length) {
      for (const token of tokenizer.encode(programs.draw(draws))) tokens.push(token)
      if (endOfText !== null) tokens.push(endOfText)
    }
    return tokens.slice(0, length)
  }
}

/** Programs in which no prompt stands that any of the tasks holds out. */
class Programs {
  readonly #tasks: readonly PairedTask[]
  readonly #kept: KeptPrompts

  constructor(tasks: readonly PairedTask[]) {
    this.#tasks = tasks
    this.#kept = new KeptPrompts(tasks.flatMap((task) => untrainedPrompts(task)))
  }

  draw(draws: Draws): string {
    for (;;) {
      const program = trainingText(draws.one(this.#tasks), draws, this.#kept.prompts)
      if (!this.#kept.standIn(program, 0)) return program
    }
  }
}

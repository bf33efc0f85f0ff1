/**
 * Progress of a question that runs the model in several stages: one count that only grows toward one total. Stages are
 * planned in model runs before the first; a stage that needs more waits at its end, one that needs fewer jumps there.
 */
import type { Asking } from './use-cases.js'

export interface Stage {
  /** In words, for whoever watches. */
  readonly name: string
  /** How many runs it will take, about. */
  readonly runs: number
}

type Report = NonNullable<Asking['onProgress']>

export class StagedProgress {
  readonly #asking: Asking
  readonly #stages: readonly Stage[]
  readonly #total: number
  #entered = -1

  constructor(asking: Asking, stages: readonly Stage[]) {
    this.#asking = asking
    this.#stages = stages
    this.#total = stages.reduce((sum, { runs }) => sum + runs, 0)
  }

  /** What to watch the runs of the next stage with; the stage before is over. */
  next(): Pick<Asking, 'signal' | 'onProgress'> {
    const stage = this.#stages[++this.#entered]!
    const before = this.#before()
    const { signal, onProgress } = this.#asking
    if (onProgress === undefined) return { signal }
    onProgress(before, this.#total, stage.name)
    const count = cumulative((done) =>
      onProgress(before + Math.min(done, stage.runs), this.#total, stage.name),
    )
    return { signal, onProgress: count }
  }

  /** Every stage is over. */
  finish(): void {
    this.#asking.onProgress?.(this.#total, this.#total, this.#stages[this.#entered]?.name)
  }

  #before(): number {
    return this.#stages.slice(0, this.#entered).reduce((sum, { runs }) => sum + runs, 0)
  }
}

/** Counts on where one call after another begins from 1 again: done and total never fall. */
export function cumulative(report: Report): Report {
  let earlier = 0
  let earlierTotal = 0
  let last = { done: 0, total: 0 }
  return (done, total, stage) => {
    if (done < last.done || (done === last.done && last.done === last.total)) {
      earlier += last.done
      earlierTotal += last.total
    }
    last = { done, total }
    report(earlier + done, earlierTotal + total, stage)
  }
}

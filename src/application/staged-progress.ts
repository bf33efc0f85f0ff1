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
type Watched = Pick<Asking, 'signal' | 'onProgress'>

export class StagedProgress {
  readonly #asking: Asking
  readonly #stages: readonly Stage[]
  readonly #total: number
  #entered = -1
  #ended = false

  constructor(asking: Asking, stages: readonly Stage[]) {
    this.#asking = asking
    this.#stages = stages
    this.#total = stages.reduce((sum, { runs }) => sum + runs, 0)
  }

  /** What to watch the runs of the next stage with; the stage before is over. */
  next(): Watched {
    const stage = this.#stages[++this.#entered]!
    const before = this.#before()
    const { signal, onProgress } = this.#asking
    if (onProgress === undefined) return { signal }
    this.#report(before, stage)
    const count = cumulative((done) => this.#report(before + Math.min(done, stage.runs), stage))
    return { signal, onProgress: count }
  }

  /** Every stage is over. */
  finish(): void {
    this.#report(this.#total, this.#stages[this.#entered])
  }

  /** The end is reported once: whoever counts several calls together takes a second one for another call. */
  #report(done: number, stage: Stage | undefined): void {
    if (this.#ended) return
    this.#ended = done === this.#total
    this.#asking.onProgress?.(done, this.#total, stage?.name)
  }

  #before(): number {
    return this.#stages.slice(0, this.#entered).reduce((sum, { runs }) => sum + runs, 0)
  }
}

/**
 * Watches parts of one stage that each count by themselves, at once or one by one: a part is worth `runs`, however many
 * steps it counts, and only ends worth all of them.
 */
export function partsOf({ signal, onProgress }: Watched, parts: number, runs: number): () => Watched {
  const shares: number[] = []
  return () => {
    if (onProgress === undefined) return { signal }
    const part = shares.push(0) - 1
    const watch = (done: number, total: number): void => {
      shares[part] = done / total
      onProgress(Math.floor(shares.reduce((sum, share) => sum + share, 0) * runs), parts * runs)
    }
    return { signal, onProgress: watch }
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

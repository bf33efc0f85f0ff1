/**
 * Long arithmetic in this thread, in turns: whenever a turn has lasted long enough, others come first (requests, timers,
 * the word that the asker has left), and a question that nobody waits for any more ends.
 */
import { setImmediate } from 'node:timers/promises'
import { throwIfAborted } from '../domain/errors.js'
import type { Asking } from './use-cases.js'

/** Milliseconds of one turn. */
const TURN_MS = 10

export class Breath {
  readonly #asking: Asking
  #since = performance.now()

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** Has the turn lasted long enough? */
  get isDue(): boolean {
    return performance.now() - this.#since >= TURN_MS
  }

  /** Lets others come first where it is due; throws CANCELLED once the asker has left or time is up. */
  async take(): Promise<void> {
    if (!this.isDue) return
    await setImmediate()
    this.#since = performance.now()
    throwIfAborted(this.#asking.signal)
  }

  /** What the steps come to, with a breath between them. */
  async through<Result>(steps: Generator<void, Result>): Promise<Result> {
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
      await this.take()
    }
  }
}

/**
 * Long work is written as generators that pause at safe points. Here they are driven: straight to the end, or in turns
 * that let the event loop breathe and notice a cancelled question.
 */
import { throwIfAborted } from './errors.js'

/** Milliseconds of one turn. */
const TURN_MS = 10

export function runToEnd<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/** Rejects with CANCELLED at the next pause after the signal. */
export async function runInTurns<T>(work: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  let since = performance.now()
  for (;;) {
    throwIfAborted(signal)
    const step = work.next()
    if (step.done) return step.value
    if (performance.now() - since < TURN_MS) continue
    await new Promise<void>((resolve) => setImmediate(resolve))
    since = performance.now()
  }
}

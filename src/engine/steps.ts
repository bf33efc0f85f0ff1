/**
 * Long work is written as generators that pause at safe points. Here they are driven: straight to the end in a worker
 * thread, or in slices that let the event loop breathe and notice a cancelled question.
 */
import { setImmediate } from 'node:timers/promises'
import { throwIfAborted } from '../domain/errors.js'

const SLICE_MS = 10

export function runToEnd<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/** The answer, or null where the work was given up at the pause after `stop` (one cell) became 1. */
export function runUnlessStopped<T>(
  work: Generator<void, T>,
  stop: Int32Array,
): { readonly answer: T } | null {
  while (Atomics.load(stop, 0) === 0) {
    const step = work.next()
    if (step.done) return { answer: step.value }
  }
  return null
}

/** Rejects with CANCELLED at the next pause after the signal. */
export async function runInSlices<T>(work: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  let since = performance.now()
  for (;;) {
    throwIfAborted(signal)
    const step = work.next()
    if (step.done) return step.value
    if (performance.now() - since < SLICE_MS) continue
    await setImmediate()
    since = performance.now()
  }
}

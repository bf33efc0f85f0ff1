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

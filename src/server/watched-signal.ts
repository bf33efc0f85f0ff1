/** A signal for work that keeps its thread busy: it reads a cell of shared memory, which no event loop has to bring. */

/** How often the cell is looked at for those who listen instead of asking, milliseconds. */
const LOOK_MS = 20

export interface WatchedSignal {
  /** `aborted` is true as soon as the cell is not 0, `abort` is told soon after. */
  readonly signal: AbortSignal
  /** Stops looking. */
  end(): void
}

/** `cell` is one number of shared memory: 0, until somebody wants the work to stop. */
export function watchedSignal(cell: Int32Array): WatchedSignal {
  const controller = new AbortController()
  const isOver = (): boolean => Atomics.load(cell, 0) !== 0
  Object.defineProperty(controller.signal, 'aborted', { get: isOver })
  const timer = setInterval(() => {
    if (!isOver()) return
    clearInterval(timer)
    controller.abort()
  }, LOOK_MS)
  timer.unref()
  return { signal: controller.signal, end: () => clearInterval(timer) }
}

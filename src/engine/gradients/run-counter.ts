/** Counts runs of an attribution whose number is only known to be at least so many. */
export class RunCounter {
  done = 0
  readonly #expected: number
  readonly #onProgress: ((done: number, total: number) => void) | undefined

  constructor(expected: number, onProgress: ((done: number, total: number) => void) | undefined) {
    this.#expected = expected
    this.#onProgress = onProgress
  }

  add(): void {
    this.done++
    this.#onProgress?.(this.done, Math.max(this.done, this.#expected))
  }
}

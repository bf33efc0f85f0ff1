/**
 * Large arrays of a run, by purpose. A run that leaves no trace uses the same few buffers in every layer and variant;
 * a traced run gets fresh ones, because the reverse pass reads them all.
 */
export class Workspace {
  readonly #fresh: boolean
  readonly #buffers = new Map<string, Float64Array>()

  constructor(fresh: boolean) {
    this.#fresh = fresh
  }

  /** Zeros, `length` of them; the array is given out again at the next call for the same purpose. */
  take(purpose: string, length: number): Float64Array {
    if (this.#fresh) return new Float64Array(length)
    const buffer = this.#buffers.get(purpose)
    if (buffer !== undefined && buffer.length === length) return buffer.fill(0)
    const made = new Float64Array(length)
    this.#buffers.set(purpose, made)
    return made
  }
}

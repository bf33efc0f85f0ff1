/** Which of the channels that a family of circuits keeps at a site one variant keeps, and at which positions. */
export class ActiveChannels {
  readonly any: boolean
  readonly #kept: Uint8Array
  /** [positions, kept]: 1 where a kept channel is replaced after all; null for nowhere. */
  readonly #except: Uint8Array | null

  constructor(kept: Uint8Array, except: Uint8Array | null) {
    this.any = kept.includes(1)
    this.#kept = kept
    this.#except = except
  }

  /** Is the `n`-th channel computed somewhere? */
  has(n: number): boolean {
    return this.#kept[n] === 1
  }

  at(position: number, n: number): boolean {
    if (this.#kept[n] === 0) return false
    return this.#except === null || this.#except[position * this.#kept.length + n] === 0
  }
}

/**
 * The residual stream before every sublayer of the last run on one prompt. A run that differs from it only from some
 * sublayer on starts there (prefix reuse, algorithms.md B3.1): the same bits, about half the work of a sweep.
 */
import { gather } from './copies.js'

export class Checkpoints {
  readonly #streams: Float64Array[] = []
  readonly #margins: number[] = []
  /** Sublayer to start at; 0 runs everything. */
  start = 0

  /** Stream before `sublayer` of the last run. */
  at(sublayer: number): Float64Array | undefined {
    return this.#streams[sublayer]
  }

  /** Smallest AbsTopK margin of everything before `sublayer`. */
  marginAt(sublayer: number): number {
    return this.#margins[sublayer] ?? Number.POSITIVE_INFINITY
  }

  /** Keeps the last of the runs that stand side by side. */
  save(
    sublayer: number,
    stream: Float64Array,
    { width, copies, margin }: { readonly width: number; readonly copies: number; readonly margin: number },
  ): void {
    this.#margins[sublayer] = margin
    const saved = this.#streams[sublayer] ?? new Float64Array(stream.length / copies)
    this.#streams[sublayer] = saved
    gather(stream, width, copies, copies - 1, saved)
  }
}

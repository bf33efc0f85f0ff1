/**
 * AbsTopK of a site where only a few rows move. The magnitudes of all others stand still, so their order is found
 * once: the k-th largest of all is then found among the moving ones and a short stretch of ranks around k
 * (the exact short cut of algorithms.md B3.4; semantics.md §4: channels outside a circuit compete with it).
 */
import { select } from '../abs-top-k.js'

/** Where a cut fell: the k-th and the (k+1)-th largest magnitude. */
export interface Cut {
  kth: number
  next: number
}

/** No row is so large that it stands before rank 0, none so small that it stands behind the last. */
const ABOVE_ALL = Number.POSITIVE_INFINITY
const BELOW_ALL = -1

export class CutWindow {
  readonly #k: number
  /** Ranks of the still rows that can be asked for: from `#low`, `#length` of them per row of `#ranks`. */
  readonly #low: number
  readonly #length: number
  readonly #ranks: Float64Array
  readonly #still: number
  readonly #scratch: Float64Array
  /** How many moving rows were above the cut last time: a good first guess. */
  #guess = 0

  /** `rows` positions, or 1 where all are alike; `still` rows that stay, `moving` that do not; 0 < k < still + moving. */
  constructor(k: number, size: { readonly rows: number; readonly still: number; readonly moving: number }) {
    this.#k = k
    this.#still = size.still
    this.#low = Math.max(0, k - 1 - size.moving)
    this.#length = Math.max(0, Math.min(size.still, k + 1) - this.#low)
    this.#ranks = new Float64Array(size.rows * this.#length)
    this.#scratch = new Float64Array(size.moving)
  }

  /** Takes the magnitudes of the still rows, in any order; leaves them in another. */
  fill(row: number, magnitudes: Float64Array): void {
    if (this.#length === 0) return
    const low = this.#low
    const high = low + this.#length - 1
    select(magnitudes, this.#still, low)
    if (high > low) select(magnitudes.subarray(low), this.#still - low, high - low)
    const window = magnitudes.subarray(low, high + 1).sort() // ascending
    const at = row * this.#length
    for (let i = 0; i < this.#length; i++) this.#ranks[at + i] = window[this.#length - 1 - i]!
  }

  /**
   * Finds the cut among the still rows of `row` and `count` moving magnitudes from `at`. With s moving ones above it,
   * the still one of rank k − 1 − s bounds it: the least s that fits is sought from the last one.
   */
  find(row: number, moving: Float64Array, at: number, count: number, cut: Cut): void {
    const k = this.#k
    let s = Math.min(this.#guess, count)
    let above = this.#above(row, k - 1 - s, moving, at, count)
    if (above > s) {
      while (above > s) above = this.#above(row, k - 1 - ++s, moving, at, count)
    } else {
      while (s > 0) {
        const fewer = this.#above(row, k - s, moving, at, count)
        if (fewer > s - 1) break
        s--
        above = fewer
      }
    }
    this.#guess = s
    const bound = this.#rank(row, k - 1 - s)
    if (above === s) {
      cut.kth = bound
      cut.next = Math.max(this.#rank(row, k - s), largestUpTo(bound, moving, at, count))
      return
    }
    // The cut is a moving row: the (s − above)-th of those that are not above the bound.
    let below = 0
    for (let i = at; i < at + count; i++) if (moving[i]! <= bound) this.#scratch[below++] = moving[i]!
    const place = s - above - 1
    cut.kth = select(this.#scratch, below, place)
    let next = this.#rank(row, k - s)
    for (let i = place + 1; i < below; i++) if (this.#scratch[i]! > next) next = this.#scratch[i]!
    cut.next = next
  }

  #above(row: number, rank: number, moving: Float64Array, at: number, count: number): number {
    const bound = this.#rank(row, rank)
    let above = 0
    for (let i = at; i < at + count; i++) if (moving[i]! > bound) above++
    return above
  }

  #rank(row: number, rank: number): number {
    if (rank < 0) return ABOVE_ALL
    if (rank >= this.#still) return BELOW_ALL
    return this.#ranks[row * this.#length + rank - this.#low]!
  }
}

function largestUpTo(bound: number, values: Float64Array, at: number, count: number): number {
  let largest = BELOW_ALL
  for (let i = at; i < at + count; i++) if (values[i]! <= bound && values[i]! > largest) largest = values[i]!
  return largest
}

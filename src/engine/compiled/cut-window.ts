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

/**
 * How far a magnitude is from the other side of a cut; Infinity where the cut drops nothing but zeros. Only kept
 * channels are asked: which of the others pass changes nothing.
 */
export function marginOf({ kth, next }: Cut, size: number): number {
  if (kth <= 0) return Number.POSITIVE_INFINITY
  return size >= kth ? size - next : kth - size
}

/** Beyond the still rows: above every magnitude, and below. */
const ABOVE_ALL = Number.POSITIVE_INFINITY
const BELOW_ALL = -1
/** More than so many are searched, not sorted. */
const MANY = 16
/** How far a row's window is sought around that of the row before it, as a share of its bounds. */
const SLACK = 0.04

export class CutWindow {
  readonly #k: number
  /** Ranks of the still rows that can be asked for: from `#low`, `#length` of them per row of `#ranks`, descending. */
  readonly #low: number
  readonly #length: number
  readonly #ranks: Float64Array
  readonly #still: number
  readonly #scratch: Float64Array

  /** `rows` positions, or 1 where all are alike; `still` rows that stay, `moving` that do not; 0 < k < still + moving. */
  constructor(k: number, size: { readonly rows: number; readonly still: number; readonly moving: number }) {
    this.#k = k
    this.#still = size.still
    this.#low = Math.max(0, k - 1 - size.moving)
    this.#length = Math.max(0, Math.min(size.still, k + 1) - this.#low)
    this.#ranks = new Float64Array(size.rows * this.#length)
    this.#scratch = new Float64Array(size.moving + Math.max(size.still, this.#length))
  }

  /** Takes the magnitudes of the still rows in any order; rows are filled one after another. */
  fill(row: number, magnitudes: Float64Array): void {
    if (this.#length === 0) return
    const window = this.#nearby(row, magnitudes) ?? this.#selected(magnitudes)
    const at = row * this.#length
    for (let i = 0; i < this.#length; i++) this.#ranks[at + i] = window[this.#length - 1 - i]!
  }

  /**
   * Finds the cut among the still rows of `row` and `count` moving magnitudes from `at`. With s of these above the cut
   * the still one of rank k − 1 − s bounds it; s is the least number whose next moving magnitude does not exceed that.
   */
  find(row: number, moving: Float64Array, at: number, count: number, cut: Cut): void {
    const k = this.#k
    const scratch = this.#scratch
    // The still row of rank k − 1 never stands above the cut, that of rank k never above what comes next.
    const floor = this.floor(row)
    let high = 0
    for (let i = at; i < at + count; i++) {
      const size = moving[i]!
      if (size > floor) scratch[high++] = size
    }
    // Those above the still row of rank k − 1 − high are above the cut in any case; few are left to be ordered.
    const ceiling = this.#rank(row, k - 1 - high)
    let s = 0
    let few = 0
    let lowest = ABOVE_ALL
    for (let i = 0; i < high; i++) {
      const size = scratch[i]!
      if (size > ceiling) {
        s++
        if (size < lowest) lowest = size
      } else scratch[few++] = size
    }
    if (few > MANY) {
      this.#search(row, s, high, few, cut)
      return
    }
    sortDescending(scratch, few)
    let next = 0
    while (next < few && scratch[next]! > this.#rank(row, k - 1 - s)) {
      lowest = scratch[next++]!
      s++
    }
    cut.kth = Math.min(lowest, this.#rank(row, k - 1 - s))
    cut.next = Math.max(this.#rank(row, k - s), next < few ? scratch[next]! : BELOW_ALL)
  }

  /** The same where many could be the cut: among those, in scratch, and the still ones that could. */
  #search(row: number, above: number, high: number, few: number, cut: Cut): void {
    const first = Math.max(0, this.#k - 1 - high)
    let count = few
    for (let rank = first; rank <= Math.min(this.#k, this.#still - 1); rank++)
      this.#scratch[count++] = this.#rank(row, rank)
    const place = this.#k - 1 - above - first
    cut.kth = select(this.#scratch, count, place)
    cut.next = BELOW_ALL
    for (let i = place + 1; i < count; i++) cut.next = Math.max(cut.next, this.#scratch[i]!)
  }

  /** No magnitude up to this one is above the cut of the row, whatever moves. */
  floor(row: number): number {
    return this.#rank(row, this.#k)
  }

  #rank(row: number, rank: number): number {
    if (rank < 0) return ABOVE_ALL
    if (rank >= this.#still) return BELOW_ALL
    return this.#ranks[row * this.#length + rank - this.#low]!
  }

  /** The window, ascending, from what lies near that of the row before; null where that is not all of it. */
  #nearby(row: number, magnitudes: Float64Array): Float64Array | null {
    if (row === 0) return null
    const before = (row - 1) * this.#length
    const most = this.#ranks[before]! * (1 + SLACK)
    const least = this.#ranks[before + this.#length - 1]! * (1 - SLACK)
    const scratch = this.#scratch
    let above = 0
    let near = 0
    for (let i = 0; i < magnitudes.length; i++) {
      const size = magnitudes[i]!
      if (size > most) above++
      else if (size >= least) scratch[near++] = size
    }
    const behind = above + near - this.#low - this.#length
    if (above > this.#low || behind < 0) return null
    return scratch
      .subarray(0, near)
      .sort()
      .subarray(behind, behind + this.#length)
  }

  #selected(magnitudes: Float64Array): Float64Array {
    const sizes = this.#scratch.subarray(0, this.#still)
    sizes.set(magnitudes)
    const low = this.#low
    const high = low + this.#length - 1
    select(sizes, this.#still, low)
    if (high > low) select(sizes.subarray(low), this.#still - low, high - low)
    return sizes.subarray(low, high + 1).sort()
  }
}

/** By insertion: there are few. */
function sortDescending(values: Float64Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const value = values[i]!
    let to = i
    while (to > 0 && values[to - 1]! < value) {
      values[to] = values[to - 1]!
      to--
    }
    values[to] = value
  }
}

/** Scores of the elements of one prompt, added up over positions in fixed order. */
import type { ChannelSet } from '../../domain/experiment/channel-set.js'

export interface PromptScores {
  /** Signed sums over positions. */
  readonly scores: Float64Array
  /** Sums of absolute parts. */
  readonly absolute: Float64Array
  /** m of the run that was explained. */
  readonly value: number
  readonly cuts: readonly { readonly site: string; readonly sum: number; readonly replaced: number }[]
  readonly steps: number | null
  readonly jumps: number | null
}

/** Terms of input positions, which have one cut: `replaced` is m with the whole input at the baseline. */
export function tokenAnswer(terms: Float64Array, value: number, replaced: number): PromptScores {
  const sum = terms.reduce((total, term) => total + term, 0)
  return {
    scores: terms,
    absolute: terms.map(Math.abs),
    value,
    cuts: [{ site: 'input', sum, replaced }],
    steps: null,
    jumps: null,
  }
}

/** Sums of channels, tap by tap in the order of the set. */
export class Tally {
  readonly #channels: ChannelSet
  readonly #positions: number
  readonly #signed = new Map<string, Float64Array>()
  readonly #sizes = new Map<string, Float64Array>()

  constructor(channels: ChannelSet, positions: number) {
    this.#channels = channels
    this.#positions = positions
    for (const [tap, indices] of channels) {
      this.#signed.set(tap, new Float64Array(indices.length))
      this.#sizes.set(tap, new Float64Array(indices.length))
    }
  }

  /** Adds (after − before) · gradient of [T, width] arrays; `after` may be one number. */
  addProducts(tap: string, before: Float64Array, after: Float64Array | number, gradient: Float64Array): void {
    const width = before.length / this.#positions
    const channels = this.#channels.get(tap)!
    const own = new Float64Array(channels.length)
    const ownSizes = new Float64Array(channels.length)
    const add = (i: number, term: number): void => {
      own[i] = own[i]! + term
      ownSizes[i] = ownSizes[i]! + Math.abs(term)
    }
    for (let row = 0; row < before.length; row += width)
      if (typeof after === 'number')
        for (let i = 0; i < channels.length; i++) {
          const at = row + channels[i]!
          add(i, (after - before[at]!) * gradient[at]!)
        }
      else
        for (let i = 0; i < channels.length; i++) {
          const at = row + channels[i]!
          add(i, (after[at]! - before[at]!) * gradient[at]!)
        }
    this.#add(tap, own, ownSizes)
  }

  /** Adds terms given as [T, asked channels]. */
  addTerms(tap: string, terms: Float64Array): void {
    const count = this.#channels.get(tap)!.length
    const own = new Float64Array(count)
    const ownSizes = new Float64Array(count)
    for (let row = 0; row < terms.length; row += count)
      for (let i = 0; i < count; i++) {
        own[i] = own[i]! + terms[row + i]!
        ownSizes[i] = ownSizes[i]! + Math.abs(terms[row + i]!)
      }
    this.#add(tap, own, ownSizes)
  }

  /** Adds factor · |sum| of another tally, which has no sign any more. */
  addSizes(other: Tally, factor: number): void {
    for (const [tap, sums] of other.#signed) {
      const signed = this.#signed.get(tap)!
      const sizes = this.#sizes.get(tap)!
      sums.forEach((sum, i) => {
        signed[i] = signed[i]! + factor * Math.abs(sum)
        sizes[i] = sizes[i]! + factor * Math.abs(sum)
      })
    }
  }

  sumAt(tap: string): number {
    return this.#signed.get(tap)!.reduce((sum, value) => sum + value, 0)
  }

  scores(): { readonly scores: Float64Array; readonly absolute: Float64Array } {
    return { scores: joined([...this.#signed.values()]), absolute: joined([...this.#sizes.values()]) }
  }

  /** Sums of this prompt: position by position, as the arrays lie in memory, each channel in the order of positions. */
  #add(tap: string, sums: Float64Array, sizes: Float64Array): void {
    const signed = this.#signed.get(tap)!
    const absolute = this.#sizes.get(tap)!
    for (let i = 0; i < sums.length; i++) {
      signed[i] = signed[i]! + sums[i]!
      absolute[i] = absolute[i]! + sizes[i]!
    }
  }
}

export function joined(rows: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(rows.reduce((length, row) => length + row.length, 0))
  let at = 0
  for (const row of rows) {
    out.set(row, at)
    at += row.length
  }
  return out
}

/**
 * Links that carry the replacement of their source instead of its value (semantics.md §10), for one run. A weight link
 * i→j adds W_ji (x̃_i − x_i) to j before AbsTopK; out of v the carrier is the attended value, Σ_s α_ts ṽ_i(s). A residual
 * link changes the numerator of its reader alone: γ_c (w̃_c − w_c) · the run's own norm factor.
 */
import type { Fill } from '../domain/experiment/measurement.js'
import type { Norm } from '../model/prepared-model.js'
import type { SparseMatrix } from '../model/sparse-matrix.js'
import { fillRows, type SourceTaps, writeFill } from './fill-values.js'
import type { LinkPlan } from './link-plan.js'
import type { Moments } from './norm.js'

/** What a changed product needs beside the matrix and its input. */
export interface ProductChange {
  /** Per nonzero weight: does it carry the replacement? */
  readonly flags: Uint8Array
  /** Per column: does any of its weights? */
  readonly columns: Uint8Array
  /** [positions, columns]: what changed weights carry. */
  readonly carried: Float64Array
}

interface Setting {
  readonly positions: number
  readonly fill: Fill
  readonly source: SourceTaps
  /** Channels per position by tap. */
  readonly widthOf: (tap: string) => number
}

export class LinkChanges {
  readonly #plan: LinkPlan
  readonly #setting: Setting
  /** Writes that a changed residual link reads from, as they stood in this run. */
  readonly #written = new Map<string, Float64Array>()
  readonly #attended = new Map<string, { readonly values: Float64Array; readonly sum: Float64Array }>()

  constructor(plan: LinkPlan, setting: Setting) {
    this.#plan = plan
    this.#setting = setting
  }

  /** A write has its final value, [positions, dModel]. */
  written(tap: string, values: Float64Array): void {
    if (this.#plan.writers.has(tap)) this.#written.set(tap, values.slice())
  }

  /** ṽ of a layer whose links to the residual stream are changed, and room for Σ α ṽ; null for others. */
  attended(tap: string): { readonly values: Float64Array; readonly sum: Float64Array } | null {
    if (!this.#plan.products.has(tap)) return null
    const values = this.#replacement(tap)
    const carried = { values, sum: new Float64Array(values.length) }
    this.#attended.set(tap, carried)
    return carried
  }

  /** The change of the product that reads `source`; null for none. */
  changeOf(source: string): ProductChange | null {
    const flagged = this.#plan.products.get(source)
    if (flagged === undefined) return null
    return { ...flagged, carried: this.#attended.get(source)?.sum ?? this.#replacement(source) }
  }

  /** Adds γ_c (w̃_c − w_c) · factor to the reader's channels, rows `width` apart. */
  changeRead(reader: string, norm: Norm, { scale }: Moments, out: Float64Array, width: number): void {
    for (const { writer, channels } of this.#plan.reads.get(reader) ?? []) {
      const written = this.#written.get(writer)!
      const replacement = this.#replacement(writer)
      const wide = this.#setting.widthOf(writer)
      for (let t = 0; t < this.#setting.positions; t++) {
        for (const c of channels) {
          const change = replacement[t * wide + c]! - written[t * wide + c]!
          out[t * width + c] = out[t * width + c]! + norm.gain[c]! * change * scale[t]!
        }
      }
    }
  }

  /** [positions, channels] of the fill at a tap; channels that no link changes are written too, and read by nobody. */
  #replacement(tap: string): Float64Array {
    const { positions, fill, source, widthOf } = this.#setting
    const width = widthOf(tap)
    const values = new Float64Array(positions * width)
    const channels = Uint32Array.from({ length: width }, (_, c) => c)
    writeFill(fillRows(fill, tap, width, positions, source), values, width, channels, null)
    return values
  }
}

/** y += M x with x̃ in place of x under flagged weights, for every position; columns in ascending order. */
export function addMixedProducts(
  matrix: SparseMatrix,
  { flags, columns: changed, carried }: ProductChange,
  x: Float64Array,
  y: Float64Array,
): void {
  const { rows, columns, columnStart, row, value } = matrix
  for (let from = 0, to = 0; from < x.length; from += columns, to += rows) {
    for (let c = 0; c < columns; c++) {
      const input = x[from + c]!
      const other = changed[c] === 0 ? input : carried[from + c]!
      if (input === 0 && other === 0) continue
      const end = columnStart[c + 1]!
      for (let p = columnStart[c]!; p < end; p++) {
        const at = to + row[p]!
        y[at] = y[at]! + value[p]! * (flags[p] === 0 ? input : other)
      }
    }
  }
}

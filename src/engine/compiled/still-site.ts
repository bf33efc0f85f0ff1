/**
 * A site of a compiled circuit behind a product: its kept channels, every row that they or the kept sources move, and
 * how far all other rows stand from the cut. `values = f(still + W Δ)` over the moving rows, Δ the sources' deviation
 * from what stands in their place.
 */
import type { SparseMatrix } from '../../model/sparse-matrix.js'
import { keptCount } from '../abs-top-k.js'
import type { Activation } from '../activation.js'
import { activate, gelu } from '../activation.js'
import type { MarginGauge } from '../run.js'
import type { ActiveChannels } from './active-channels.js'
import { type Cut, CutWindow, marginOf } from './cut-window.js'

/** Above the depth of GELU's dip, 0.16997 at −0.7518. */
const GELU_DIP = 0.1701

export interface SiteParts {
  readonly matrix: SparseMatrix
  /** Rows [from, from + width) of the matrix are this site's. */
  readonly from: number
  readonly width: number
  /** Columns whose values deviate. */
  readonly sources: Uint32Array
  /** Channels whose values are wanted, ascending. */
  readonly kept: Uint32Array
  readonly activation: Activation | null
  /** Share of entries that AbsTopK keeps here; null without one. */
  readonly afrac: number | null
  /** [rows, matrix.rows]: the product of everything that stands still, bias included. */
  readonly still: Float64Array
}

export class StillSite {
  readonly kept: Uint32Array
  readonly #moving: Uint32Array
  /** Of each kept channel among the moving rows. */
  readonly #place: Uint32Array
  /** By moving row. */
  readonly #isKept: Uint8Array
  /** Weights of each source to moving rows. */
  readonly #start: Uint32Array
  readonly #to: Uint32Array
  readonly #weight: Float64Array
  /** [rows, moving] before the nonlinearity. */
  readonly #still: Float64Array
  readonly #rows: number
  readonly #activation: Activation | null
  /** Null where every entry passes. */
  readonly #window: CutWindow | null
  readonly #passesNothing: boolean

  constructor({ matrix, from, width, sources, kept, activation, afrac, still }: SiteParts) {
    const k = afrac === null ? width : keptCount(afrac, width)
    const competes = k > 0 && k < width
    this.kept = kept
    this.#passesNothing = k <= 0
    this.#activation = activation
    this.#rows = still.length / matrix.rows
    const placeOfRow = new Int32Array(width).fill(-1)
    for (const channel of kept) placeOfRow[channel] = 0
    if (competes)
      eachWeight(matrix, sources, from, width, (_, row) => {
        placeOfRow[row] = 0
      })
    this.#moving = Uint32Array.from(placeOfRow.keys()).filter((row) => placeOfRow[row] === 0)
    this.#moving.forEach((row, place) => {
      placeOfRow[row] = place
    })
    this.#place = kept.map((channel) => placeOfRow[channel]!)
    this.#isKept = new Uint8Array(this.#moving.length)
    for (const place of this.#place) this.#isKept[place] = 1

    const to: number[] = []
    const weight: number[] = []
    this.#start = new Uint32Array(sources.length + 1)
    eachWeight(matrix, sources, from, width, (source, row, value) => {
      if (placeOfRow[row]! >= 0) {
        to.push(placeOfRow[row]!)
        weight.push(value)
      }
      this.#start[source + 1] = to.length
    })
    for (let s = 0; s < sources.length; s++)
      this.#start[s + 1] = Math.max(this.#start[s + 1]!, this.#start[s]!)
    this.#to = Uint32Array.from(to)
    this.#weight = Float64Array.from(weight)

    this.#still = new Float64Array(this.#rows * this.#moving.length)
    for (let row = 0; row < this.#rows; row++)
      this.#moving.forEach((channel, place) => {
        this.#still[row * this.#moving.length + place] = still[row * matrix.rows + from + channel]!
      })
    this.#window = competes ? this.#windowOf(k, placeOfRow, still, matrix.rows, from) : null
  }

  /**
   * Deviations of the kept channels from their replacement, into `out` [positions, kept], from those of the sources
   * [positions, sources]; 0 for channels that are not active, and before position `from`.
   */
  run(
    active: ActiveChannels,
    sources: Float64Array,
    replacement: Float64Array,
    out: Float64Array,
    margin: MarginGauge,
    from: number,
  ): void {
    const kept = this.kept.length
    const count = this.#moving.length
    const columns = this.#start.length - 1
    const positions = out.length / kept
    const oneReplacement = replacement.length === kept
    const values = new Float64Array(count)
    const sizes = new Float64Array(count)
    const cut: Cut = { kth: 0, next: 0 }
    out.fill(0)
    if (!active.any) return
    for (let t = from; t < positions; t++) {
      const row = this.#rows === 1 ? 0 : t
      values.set(this.#still.subarray(row * count, (row + 1) * count))
      this.#addProducts(sources, t * columns, columns, values)
      this.#activate(values, this.#window?.floor(row) ?? -1)
      if (this.#window !== null) {
        for (let i = 0; i < count; i++) sizes[i] = Math.abs(values[i]!)
        this.#window.find(row, sizes, 0, count, cut)
      }
      for (let n = 0; n < kept; n++) {
        if (!active.at(t, n)) continue
        const value = values[this.#place[n]!]!
        const passes = !this.#passesNothing && Math.abs(value) >= cut.kth
        margin.smallest = Math.min(margin.smallest, marginOf(cut, Math.abs(value)))
        out[t * kept + n] = (passes ? value : 0) - replacement[(oneReplacement ? 0 : t) * kept + n]!
      }
    }
  }

  /**
   * The nonlinearity, without the values that the cut takes away in any case: GELU makes nothing larger than its input,
   * and of a negative input nothing larger than the depth of its dip.
   */
  #activate(values: Float64Array, floor: number): void {
    if (this.#activation === 'relu') activate(values, 'relu')
    if (this.#activation !== 'gelu') return
    const lowest = floor < GELU_DIP ? -floor : Number.NEGATIVE_INFINITY
    for (let i = 0; i < values.length; i++) {
      const x = values[i]!
      values[i] = x > floor || x < lowest || this.#isKept[i] === 1 ? gelu(x) : 0
    }
  }

  #addProducts(sources: Float64Array, at: number, columns: number, values: Float64Array): void {
    for (let c = 0; c < columns; c++) {
      const deviation = sources[at + c]!
      if (deviation === 0) continue
      for (let p = this.#start[c]!; p < this.#start[c + 1]!; p++) {
        const to = this.#to[p]!
        values[to] = values[to]! + this.#weight[p]! * deviation
      }
    }
  }

  #windowOf(
    k: number,
    placeOfRow: Int32Array,
    still: Float64Array,
    rowLength: number,
    from: number,
  ): CutWindow {
    const width = placeOfRow.length
    const moving = this.#moving.length
    const window = new CutWindow(k, { rows: this.#rows, still: width - moving, moving })
    const sizes = new Float64Array(width - moving)
    for (let row = 0; row < this.#rows; row++) {
      for (let i = 0, count = 0; i < width; i++)
        if (placeOfRow[i]! < 0) sizes[count++] = still[row * rowLength + from + i]!
      if (this.#activation !== null) activate(sizes, this.#activation)
      for (let i = 0; i < sizes.length; i++) sizes[i] = Math.abs(sizes[i]!)
      window.fill(row, sizes)
    }
    return window
  }
}

/** Every weight of the source columns inside the rows [from, from + width), source by source. */
function eachWeight(
  { columnStart, row, value }: SparseMatrix,
  sources: Uint32Array,
  from: number,
  width: number,
  visit: (source: number, row: number, value: number) => void,
): void {
  sources.forEach((column, source) => {
    for (let p = columnStart[column]!; p < columnStart[column + 1]!; p++) {
      const at = row[p]! - from
      if (at >= 0 && at < width) visit(source, at, value[p]!)
    }
  })
}

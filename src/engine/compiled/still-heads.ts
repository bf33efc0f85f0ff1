/**
 * Attention heads of a compiled circuit. Heads whose queries, keys and values all stand still write what they write in
 * every variant; a head with kept values only keeps its pattern. Where the same values stand still at every position,
 * scores fall apart into a part of the query and a part of the key unless a channel is kept in both, so that running
 * sums serve; every other head is computed anew.
 */
import type { ModelConfig } from '../../domain/sparse-model-data.js'
import type { Kernels } from '../kernels/kernels.js'
import type { ActiveChannels } from './active-channels.js'
import { attendFactored } from './factored-head.js'

/** One of q, k, v of a sublayer: what stands still, and which channels a family of circuits keeps. */
export interface Projection {
  /** [rows, heads · dHead] */
  readonly still: Float64Array
  /** Ascending. */
  readonly kept: Uint32Array
}

/** The same in one variant: deviations [positions, kept], and which channels are active. */
export interface Deviating {
  readonly deviations: Float64Array
  readonly active: ActiveChannels
}

type Part = 'q' | 'k' | 'v'
const PARTS = ['q', 'k', 'v'] as const

interface Head {
  readonly head: number
  /** Places among the kept channels of each part. */
  readonly kept: Readonly<Record<Part, readonly number[]>>
  /** Places among `written`, and the channel inside the head. */
  readonly written: readonly { readonly place: number; readonly channel: number }[]
}

export class StillHeads {
  /** Channels of y whose values can deviate, ascending. */
  readonly written: Uint32Array
  /** [rows of y, heads · dHead]: what all heads write where nothing is kept. */
  readonly still: Float64Array
  readonly #config: ModelConfig
  readonly #kernels: Kernels
  readonly #positions: number
  readonly #rows: number
  readonly #sinks: Float64Array | null
  readonly #parts: Readonly<Record<Part, Projection>>
  readonly #heads: readonly Head[]
  readonly #patterns = new Map<number, Float64Array>()

  constructor(
    config: ModelConfig,
    kernels: Kernels,
    positions: number,
    sinks: Float64Array | null,
    parts: Readonly<Record<Part, Projection>>,
  ) {
    this.#config = config
    this.#kernels = kernels
    this.#positions = positions
    this.#rows = parts.v.still.length / (config.heads * config.dHead)
    this.#sinks = sinks
    this.#parts = parts
    const byHead = this.#keptByHead()
    const written = Array.from(byHead, ([head, kept]) => this.#writtenBy(head, kept)).flat()
    this.written = Uint32Array.from(new Set(written)).sort()
    const placeOf = new Map(Array.from(this.written, (channel, place) => [channel, place]))
    this.#heads = Array.from(byHead, ([head, kept]) => ({
      head,
      kept,
      written: this.#writtenBy(head, kept).map((channel) => ({
        place: placeOf.get(channel)!,
        channel: channel - head * config.dHead,
      })),
    }))
    this.still = this.#stillOutput()
  }

  /** Deviations of `written`, into `out` [positions, written]. */
  run(variant: Readonly<Record<Part, Deviating>>, out: Float64Array): void {
    out.fill(0)
    const moved: Head[] = []
    for (const head of this.#heads) {
      const active = (part: Part): readonly number[] =>
        head.kept[part].filter((n) => variant[part].active.has(n))
      const [q, k, v] = [active('q'), active('k'), active('v')]
      const weightsMove = q.length + k.length > 0
      if (!weightsMove && v.length === 0) continue
      if (this.#rows === 1 && !this.#meet(q, k)) this.#bySums(head, { q, k, v }, variant, out)
      else if (weightsMove) moved.push(head)
      else this.#alongStillPattern(head, variant.v, out)
    }
    if (moved.length > 0) this.#anew(moved, variant, out)
  }

  #keptByHead(): ReadonlyMap<number, Record<Part, number[]>> {
    const heads = new Map<number, Record<Part, number[]>>()
    for (const part of PARTS)
      this.#parts[part].kept.forEach((channel, place) => {
        const head = Math.floor(channel / this.#config.dHead)
        const own = heads.get(head) ?? { q: [], k: [], v: [] }
        own[part].push(place)
        heads.set(head, own)
      })
    return new Map([...heads].sort(([a], [b]) => a - b))
  }

  /** Kept values, and where weights move also every value that does not simply add up to itself. */
  #writtenBy(head: number, kept: Readonly<Record<Part, readonly number[]>>): number[] {
    const { dHead } = this.#config
    const channels = new Set(kept.v.map((place) => this.#parts.v.kept[place]!))
    const weightsMove = kept.q.length + kept.k.length > 0
    const sumsMove = this.#sumsMove
    for (let c = head * dHead; weightsMove && sumsMove && c < (head + 1) * dHead; c++)
      if (this.#isNonzero(c)) channels.add(c)
    return [...channels].sort((a, b) => a - b)
  }

  /** Can what a head writes of a still value move because its weights do? */
  get #sumsMove(): boolean {
    return this.#rows > 1 || this.#sinks !== null
  }

  #isNonzero(channel: number): boolean {
    const { still } = this.#parts.v
    const width = still.length / this.#rows
    for (let at = channel; at < still.length; at += width) if (still[at] !== 0) return true
    return false
  }

  /** One row where the weights of a head always sum to 1 and every position has the same values. */
  #stillOutput(): Float64Array {
    const { q, k, v } = this.#parts
    if (this.#rows === 1 && this.#sinks === null) return v.still
    const { heads, dHead } = this.#config
    const width = heads * dHead
    const y = new Float64Array(this.#positions * width)
    if (this.#rows > 1) {
      const shape = { positions: this.#positions, heads, dHead }
      this.#kernels.attention({
        shape,
        q: q.still,
        k: k.still,
        v: v.still,
        sinks: this.#sinks,
        from: 0,
        y,
        pattern: null,
      })
      return y
    }
    for (let t = 0; t < this.#positions; t++)
      for (let h = 0; h < heads; h++) {
        const sum = (t + 1) * this.#equalWeight(h, t)
        for (let c = h * dHead; c < (h + 1) * dHead; c++) y[t * width + c] = v.still[c]! * sum
      }
    return y
  }

  /** Weight of each key where all have the same score. */
  #equalWeight(head: number, position: number): number {
    const keys = position + 1
    if (this.#sinks === null) return 1 / keys
    const { dHead } = this.#config
    let score = 0
    for (let c = head * dHead; c < (head + 1) * dHead; c++)
      score += this.#parts.q.still[c]! * this.#parts.k.still[c]!
    return 1 / (keys + Math.exp(this.#sinks[head]! - score / Math.sqrt(dHead)))
  }

  /** Is a channel kept both as query and as key, so that scores do not fall apart? */
  #meet(q: readonly number[], k: readonly number[]): boolean {
    const { kept } = this.#parts.k
    const keys = new Set(k.map((n) => kept[n]!))
    return q.some((n) => keys.has(this.#parts.q.kept[n]!))
  }

  #bySums(
    { head, kept, written }: Head,
    active: Readonly<Record<Part, readonly number[]>>,
    variant: Readonly<Record<Part, Deviating>>,
    out: Float64Array,
  ): void {
    const { dHead } = this.#config
    const { q, k, v } = this.#parts
    const from = head * dHead
    let shared = 0
    for (let c = from; c < from + dHead; c++) shared += q.still[c]! * k.still[c]!
    const sink = this.#sinks?.[head] ?? Number.NEGATIVE_INFINITY
    const moves = this.#sinks !== null && active.q.length + active.k.length > 0
    const place = written.map(({ channel }) => kept.v.find((n) => v.kept[n] === from + channel) ?? -1)
    const count = v.kept.length
    attendFactored({
      queries: this.#scores(active.q, variant.q, q.kept, k.still),
      keys: this.#scores(active.k, variant.k, k.kept, q.still),
      sink: sink - shared / Math.sqrt(dHead),
      stillWeight: moves ? (t) => (t + 1) * this.#equalWeight(head, t) : null,
      still: written.map(({ channel }) => v.still[from + channel]!),
      deviation: (t, i) => (place[i]! < 0 ? 0 : variant.v.deviations[t * count + place[i]!]!),
      write: (t, i, deviation) => {
        out[t * this.written.length + written[i]!.place] = deviation
      },
    })
  }

  /** What deviating queries (or keys) add to the score, [positions], against keys (or queries) that stand still. */
  #scores(
    active: readonly number[],
    { deviations }: Deviating,
    kept: Uint32Array,
    against: Float64Array,
  ): Float64Array {
    const scores = new Float64Array(this.#positions)
    const scale = 1 / Math.sqrt(this.#config.dHead)
    for (const n of active) {
      const other = against[kept[n]!]! * scale
      if (other === 0) continue
      for (let t = 0; t < this.#positions; t++)
        scores[t] = scores[t]! + deviations[t * kept.length + n]! * other
    }
    return scores
  }

  /** The pattern of this head stands still, position by position. */
  #alongStillPattern({ head, kept, written }: Head, { deviations }: Deviating, out: Float64Array): void {
    const count = this.#parts.v.kept.length
    const pattern = this.#patternOf(head)
    for (const { place, channel } of written) {
      const n = kept.v.find((m) => this.#parts.v.kept[m] === head * this.#config.dHead + channel)
      if (n === undefined) continue
      for (let t = 0; t < this.#positions; t++) {
        let sum = 0
        const row = t * this.#positions
        for (let s = 0; s <= t; s++) sum += pattern[row + s]! * deviations[s * count + n]!
        out[t * this.written.length + place] = sum
      }
    }
  }

  #patternOf(head: number): Float64Array {
    const known = this.#patterns.get(head)
    if (known !== undefined) return known
    const { dHead } = this.#config
    const pattern = new Float64Array(this.#positions ** 2)
    const [q, k] = [this.#packed('q', [head]), this.#packed('k', [head])]
    this.#kernels.attention({
      shape: { positions: this.#positions, heads: 1, dHead },
      q,
      k,
      v: q,
      sinks: this.#sinks?.subarray(head, head + 1) ?? null,
      from: 0,
      y: new Float64Array(q.length),
      pattern,
    })
    this.#patterns.set(head, pattern)
    return pattern
  }

  #anew(heads: readonly Head[], variant: Readonly<Record<Part, Deviating>>, out: Float64Array): void {
    const { dHead } = this.#config
    const numbers = heads.map(({ head }) => head)
    const width = heads.length * dHead
    const [q, k, v] = PARTS.map((part) => {
      const values = this.#packed(part, numbers)
      const { kept } = this.#parts[part]
      const { deviations } = variant[part]
      heads.forEach(({ head, kept: places }, h) => {
        for (const n of places[part]) {
          const to = h * dHead + kept[n]! - head * dHead
          for (let t = 0; t < this.#positions; t++)
            values[t * width + to] = values[t * width + to]! + deviations[t * kept.length + n]!
        }
      })
      return values
    }) as [Float64Array, Float64Array, Float64Array]
    const y = new Float64Array(this.#positions * width)
    const sinks = this.#sinks === null ? null : Float64Array.from(numbers, (head) => this.#sinks![head]!)
    const shape = { positions: this.#positions, heads: heads.length, dHead }
    this.#kernels.attention({ shape, q, k, v, sinks, from: 0, y, pattern: null })
    const stillWidth = this.#config.heads * dHead
    const stillRows = this.still.length / stillWidth
    const sumsMove = this.#sumsMove
    heads.forEach(({ head, kept, written }, h) => {
      const active = new Set(
        kept.v.filter((n) => variant.v.active.has(n)).map((n) => this.#parts.v.kept[n]! - head * dHead),
      )
      for (const { place, channel } of written) {
        // Weights that sum to 1 over one value give it back but for rounding: it stands still.
        if (!sumsMove && !active.has(channel)) continue
        for (let t = 0; t < this.#positions; t++) {
          const still = this.still[(stillRows === 1 ? 0 : t) * stillWidth + head * dHead + channel]!
          out[t * this.written.length + place] = y[t * width + h * dHead + channel]! - still
        }
      }
    })
  }

  /** Still values of some heads side by side, [positions, heads · dHead]. */
  #packed(part: Part, heads: readonly number[]): Float64Array {
    const { dHead } = this.#config
    const { still } = this.#parts[part]
    const from = still.length / this.#rows
    const width = heads.length * dHead
    const values = new Float64Array(this.#positions * width)
    for (let t = 0; t < this.#positions; t++)
      heads.forEach((head, h) => {
        const row = (this.#rows === 1 ? 0 : t) * from
        values.set(still.subarray(row + head * dHead, row + (head + 1) * dHead), t * width + h * dHead)
      })
    return values
  }
}

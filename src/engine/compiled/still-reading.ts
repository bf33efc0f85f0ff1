/**
 * What a sublayer of a compiled circuit reads from the residual stream: kept `act_in` channels, through the norm over
 * the whole stream and AbsTopK among all of it. The stream is a still one (embedding and replaced writes) plus the
 * deviations of the few channels that kept nodes write. RMSNorm without a bias scales every entry of a token alike, so
 * the order of the still entries is found once (algorithms.md B3.5); under other norms every entry moves.
 */
import type { ModelConfig } from '../../domain/sparse-model-data.js'
import type { Reading } from '../../model/prepared-model.js'
import { inputWidth } from '../../model/tensor-table.js'
import { keptCount } from '../abs-top-k.js'
import { momentsOf, type NormKind, normalise } from '../norm.js'
import type { MarginGauge } from '../run.js'
import type { ActiveChannels } from './active-channels.js'
import { type Cut, CutWindow, marginOf } from './cut-window.js'
import { StreamMoments } from './stream-moments.js'

export interface ReadingParts {
  readonly config: ModelConfig
  readonly norm: NormKind
  readonly reading: Reading
  /** Share of entries that AbsTopK keeps here; null without one. */
  readonly afrac: number | null
  /** [positions, dModel]: the stream before this sublayer if nothing were kept. */
  readonly stream: Float64Array
  /** [blockSize, dPosEmb]; read only where positions are concatenated. */
  readonly positionRows: Float64Array
  /** Stream channels that kept nodes write somewhere in the model, ascending. */
  readonly written: Uint32Array
  /** Kept channels of `act_in`, ascending. */
  readonly kept: Uint32Array
}

export class StillReading {
  readonly kept: Uint32Array
  readonly #gain: Float64Array
  readonly #bias: Float64Array | null
  /** Are entries compared before the norm scales them? */
  readonly #unscaled: boolean
  readonly #moments: StreamMoments
  readonly #written: number
  /** Stream channels that move or are wanted, ascending, and each one's place among the written; −1 for none. */
  readonly #moving: Uint32Array
  readonly #writtenPlace: Int32Array
  /** [positions, moving] */
  readonly #still: Float64Array
  /** Normed position vectors, [positions, dPosEmb]; empty where positions are added to the stream. */
  readonly #position: Float64Array
  readonly #positionWidth: number
  /** Of each kept channel: among the moving ones, or behind them among the position channels. */
  readonly #place: Uint32Array
  /** Null where every entry passes. */
  readonly #window: CutWindow | null
  readonly #passesNothing: boolean

  constructor({ config, norm, reading, afrac, stream, positionRows, written, kept }: ReadingParts) {
    const { dModel, dPosEmb } = config
    const width = inputWidth(config)
    const positions = stream.length / dModel
    const k = afrac === null ? width : keptCount(afrac, width)
    this.kept = kept
    this.#gain = reading.stream.gain
    this.#bias = reading.stream.bias
    this.#unscaled = norm.rms && this.#bias === null
    this.#passesNothing = k <= 0
    this.#moments = new StreamMoments(norm, stream, dModel, written)
    this.#written = written.length
    this.#positionWidth = dPosEmb ?? 0
    this.#position = new Float64Array(positions * this.#positionWidth)
    if (dPosEmb !== null && reading.position !== null) {
      const rows = positionRows.subarray(0, positions * dPosEmb)
      normalise(reading.position, momentsOf(norm, rows, dPosEmb), rows, this.#position, 0, dPosEmb)
    }

    const competes = k > 0 && k < width
    const moves = new Uint8Array(dModel).fill(competes && !this.#unscaled ? 1 : 0)
    for (const channel of kept) if (channel < dModel) moves[channel] = 1
    if (competes) for (const channel of written) moves[channel] = 1
    this.#moving = Uint32Array.from(moves.keys()).filter((channel) => moves[channel] === 1)
    const placeOf = new Map(Array.from(this.#moving, (channel, place) => [channel, place]))
    const writtenPlaceOf = new Map(Array.from(written, (channel, place) => [channel, place]))
    this.#place = kept.map((c) => (c < dModel ? placeOf.get(c)! : this.#moving.length + c - dModel))
    this.#writtenPlace = Int32Array.from(this.#moving, (channel) => writtenPlaceOf.get(channel) ?? -1)
    this.#still = new Float64Array(positions * this.#moving.length)
    for (let t = 0; t < positions; t++)
      this.#moving.forEach((channel, place) => {
        this.#still[t * this.#moving.length + place] = stream[t * dModel + channel]!
      })
    this.#window = competes ? this.#windowOf(k, moves, stream) : null
  }

  /**
   * Deviations of the kept channels from their replacement, into `out` [positions, kept], from those of the stream
   * [positions, written]; `replacement` is [rows, kept]. 0 for channels that are not active.
   */
  run(
    active: ActiveChannels,
    stream: Float64Array,
    replacement: Float64Array,
    out: Float64Array,
    margin: MarginGauge,
    from: number,
  ): void {
    const kept = this.kept.length
    const positions = out.length / kept
    const oneReplacement = replacement.length === kept
    const values = new Float64Array(this.#moving.length + this.#positionWidth)
    const sizes = new Float64Array(values.length)
    const cut: Cut = { kth: 0, next: 0 }
    out.fill(0)
    if (!active.any) return
    for (let t = from; t < positions; t++) {
      this.#moments.find(t, stream)
      this.#entries(t, stream, values, sizes)
      if (this.#window !== null) {
        this.#window.find(t, sizes, 0, sizes.length, cut)
      }
      const scale = this.#unscaled ? this.#moments.scale : 1
      for (let n = 0; n < kept; n++) {
        if (!active.at(t, n)) continue
        const place = this.#place[n]!
        const passes = !this.#passesNothing && sizes[place]! >= cut.kth
        margin.smallest = Math.min(margin.smallest, marginOf(cut, sizes[place]!) * scale)
        out[t * kept + n] = (passes ? values[place]! : 0) - replacement[(oneReplacement ? 0 : t) * kept + n]!
      }
    }
  }

  /** Normed entries of one token and the sizes by which they compete. */
  #entries(t: number, stream: Float64Array, values: Float64Array, sizes: Float64Array): void {
    const { mean, scale } = this.#moments
    const count = this.#moving.length
    for (let i = 0; i < count; i++) {
      const channel = this.#moving[i]!
      const written = this.#writtenPlace[i]!
      const deviation = written < 0 ? 0 : stream[t * this.#written + written]!
      const x = this.#still[t * count + i]! + deviation
      const value =
        (x - mean) * scale * this.#gain[channel]! + (this.#bias === null ? 0 : this.#bias[channel]!)
      values[i] = value
      sizes[i] = Math.abs(this.#unscaled ? x * this.#gain[channel]! : value)
    }
    for (let c = 0; c < this.#positionWidth; c++) {
      const value = this.#position[t * this.#positionWidth + c]!
      values[count + c] = value
      sizes[count + c] = Math.abs(this.#unscaled ? value / scale : value)
    }
  }

  #windowOf(k: number, moves: Uint8Array, stream: Float64Array): CutWindow {
    const width = moves.length
    const positions = stream.length / width
    const still = width - this.#moving.length
    const moving = this.#moving.length + this.#positionWidth
    const window = new CutWindow(k, { rows: positions, still, moving })
    const channels = Uint32Array.from(moves.keys()).filter((channel) => moves[channel] === 0)
    const gains = Float64Array.from(channels, (channel) => this.#gain[channel]!)
    const sizes = new Float64Array(still)
    for (let t = 0, at = 0; t < positions; t++, at += width) {
      for (let i = 0; i < still; i++) sizes[i] = Math.abs(stream[at + channels[i]!]! * gains[i]!)
      window.fill(t, sizes)
    }
    return window
  }
}

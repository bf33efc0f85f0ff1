/**
 * Logits of a compiled circuit: the unembedding of what stands still is worked out once, and every channel that
 * deviates adds its own column (algorithms.md B3.6).
 */
import type { PreparedModel } from '../../model/prepared-model.js'
import type { Kernels } from '../kernels/kernels.js'
import type { NormKind } from '../norm.js'
import { StreamMoments } from './stream-moments.js'

export interface EndParts {
  readonly model: PreparedModel
  readonly kernels: Kernels
  readonly norm: NormKind
  /** [positions, V]; null for a model without a bigram table. */
  readonly bigram: Float64Array | null
  readonly firstRow: number
  /** [positions, dModel]: what the final norm reads where nothing deviates. */
  readonly still: Float64Array
  /** [positions, dModel]: the still stream; the same as `still` unless `final_resid` is replaced. */
  readonly stream: Float64Array
  /** Channels of `still` that can deviate, ascending. */
  readonly channels: Uint32Array
  /** Channels of the stream that kept nodes write, ascending. */
  readonly written: Uint32Array
}

export class StillEnd {
  readonly channels: Uint32Array
  readonly #parts: EndParts
  readonly #positions: number
  readonly #moments: StreamMoments
  /** Place of each channel among the written; −1 for none. */
  readonly #writtenPlace: Int32Array
  /** [positions, channels]: stream minus `still`, what a kept channel of a replaced `final_resid` brings back. */
  readonly #offset: Float64Array
  /** U (γ ⊙ still) by wanted row, [rows, V]; and U γ, U β where the norm has a mean or a bias. */
  readonly #product: Float64Array
  readonly #ofGain: Float64Array | null
  readonly #ofBias: Float64Array | null
  readonly #bigram: Float64Array | null
  /** [positions, V], written anew by every member. */
  readonly #logits: Float64Array

  constructor(parts: EndParts) {
    const { model, kernels, norm, bigram, firstRow, still, stream, channels, written } = parts
    const { config, finalNorm, unembedding } = model
    const { dModel } = config
    const positions = still.length / dModel
    this.#positions = positions
    this.channels = channels
    this.#parts = parts
    this.#moments = new StreamMoments(norm, still, dModel, channels)
    const places = new Map(Array.from(written, (channel, place) => [channel, place]))
    this.#writtenPlace = Int32Array.from(channels, (channel) => places.get(channel) ?? -1)
    this.#offset = new Float64Array(positions * channels.length)
    for (let t = 0; t < positions; t++)
      channels.forEach((channel, n) => {
        const at = t * dModel + channel
        this.#offset[t * channels.length + n] = stream[at]! - still[at]!
      })
    const gained = still.slice(firstRow * dModel)
    for (let i = 0; i < gained.length; i++) gained[i] = gained[i]! * finalNorm.gain[i % dModel]!
    const product = (rows: Float64Array): Float64Array => {
      const out = new Float64Array((rows.length / dModel) * config.vocabSize)
      kernels.products(unembedding, rows, out, null)
      return out
    }
    this.#product = product(gained)
    this.#ofGain = norm.rms ? null : product(finalNorm.gain)
    this.#ofBias = finalNorm.bias === null ? null : product(finalNorm.bias)
    this.#bigram = bigram
    this.#logits = new Float64Array(positions * config.vocabSize)
  }

  /**
   * Logits [positions, V], of which rows from `firstRow` on are filled, from the deviations of the stream
   * [positions, written]; `kept` are the places in `channels` that deviate. The next call writes into the same array;
   * null where a logit is not finite.
   */
  logits(stream: Float64Array, kept: (position: number, n: number) => boolean): Float64Array | null {
    const { model, firstRow } = this.#parts
    const { vocabSize } = model.config
    const out = this.#logits
    const deviations = this.#deviations(stream, kept)
    for (let t = firstRow; t < this.#positions; t++) {
      const row = out.subarray(t * vocabSize, (t + 1) * vocabSize)
      row.set(this.#product.subarray((t - firstRow) * vocabSize, (t - firstRow + 1) * vocabSize))
      this.#addColumns(deviations, t, row)
      this.#moments.find(t, deviations)
      const { mean, scale } = this.#moments
      const bigram = t * vocabSize
      for (let y = 0; y < vocabSize; y++) {
        const centred = this.#ofGain === null ? row[y]! : row[y]! - mean * this.#ofGain[y]!
        let logit = centred * scale + model.logitBias[y]!
        if (this.#ofBias !== null) logit += this.#ofBias[y]!
        if (this.#bigram !== null) logit += this.#bigram[bigram + y]!
        row[y] = logit
        if (logit - logit !== 0) return null
      }
    }
    return out
  }

  #deviations(stream: Float64Array, kept: (position: number, n: number) => boolean): Float64Array {
    const { written } = this.#parts
    const count = this.channels.length
    const deviations = new Float64Array(this.#positions * count)
    for (let t = 0; t < this.#positions; t++)
      for (let n = 0; n < count; n++) {
        if (!kept(t, n)) continue
        const place = this.#writtenPlace[n]!
        deviations[t * count + n] =
          this.#offset[t * count + n]! + (place < 0 ? 0 : stream[t * written.length + place]!)
      }
    return deviations
  }

  #addColumns(deviations: Float64Array, t: number, row: Float64Array): void {
    const { finalNorm, unembedding } = this.#parts.model
    const { columnStart, row: rows, value } = unembedding
    for (let n = 0; n < this.channels.length; n++) {
      const channel = this.channels[n]!
      const deviation = deviations[t * this.channels.length + n]! * finalNorm.gain[channel]!
      if (deviation === 0) continue
      for (let p = columnStart[channel]!; p < columnStart[channel + 1]!; p++)
        row[rows[p]!] = row[rows[p]!]! + value[p]! * deviation
    }
  }
}

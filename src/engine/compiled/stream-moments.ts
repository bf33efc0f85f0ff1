/**
 * Mean and spread of a residual stream of which only a few channels deviate from a still one: from the still sums and
 * the deviations alone, exact but for rounding.
 */
import { LAYER_NORM_EPSILON, type NormKind } from '../norm.js'

export class StreamMoments {
  /** Of the token asked about last. */
  mean = 0
  scale = 0
  readonly #kind: NormKind
  readonly #width: number
  readonly #written: Uint32Array
  /** [positions]: mean (0 for RMSNorm) and sum of squares around it, of the still stream. */
  readonly #mean: Float64Array
  readonly #squares: Float64Array
  /** [positions, written]: still values around that mean. */
  readonly #centred: Float64Array

  /** `stream` is [positions, width]; `written` are the channels that may deviate, ascending. */
  constructor(kind: NormKind, stream: Float64Array, width: number, written: Uint32Array) {
    const positions = stream.length / width
    this.#kind = kind
    this.#width = width
    this.#written = written
    this.#mean = new Float64Array(positions)
    this.#squares = new Float64Array(positions)
    this.#centred = new Float64Array(positions * written.length)
    for (let t = 0, at = 0; t < positions; t++, at += width) {
      let sum = 0
      if (!kind.rms) for (let c = at; c < at + width; c++) sum += stream[c]!
      const mean = sum / width
      let squares = 0
      for (let c = at; c < at + width; c++) squares += (stream[c]! - mean) * (stream[c]! - mean)
      this.#mean[t] = mean
      this.#squares[t] = squares
      for (let n = 0; n < written.length; n++)
        this.#centred[t * written.length + n] = stream[at + written[n]!]! - mean
    }
  }

  /** Sets `mean` and `scale` for a token whose written channels deviate by `deviations` [positions, written]. */
  find(position: number, deviations: Float64Array): void {
    const count = this.#written.length
    const at = position * count
    let squares = this.#squares[position]!
    let shift = 0
    for (let n = at; n < at + count; n++) {
      const deviation = deviations[n]!
      if (deviation === 0) continue
      squares += deviation * (2 * this.#centred[n]! + deviation)
      shift += deviation
    }
    if (this.#kind.rms) {
      this.scale = 1 / Math.sqrt(squares / this.#width + this.#kind.epsilon)
      return
    }
    const drift = shift / this.#width
    this.mean = this.#mean[position]! + drift
    const variance = Math.max(0, squares / this.#width - drift * drift)
    this.scale = 1 / Math.sqrt(variance + LAYER_NORM_EPSILON)
  }
}

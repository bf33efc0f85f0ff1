/**
 * The two norms of the released models, over the channels of one token:
 *   RMSNorm    γ_c x_c / √(mean x² + ε)                          weight only; ε is a setting of the run
 *   LayerNorm  γ_c (x_c − mean x) / √(var x + 1e-5) + β_c        var divides by the width
 */
import type { Norm } from '../model/prepared-model.js'

export interface NormKind {
  readonly rms: boolean
  /** ε of RMSNorm. */
  readonly epsilon: number
}

const LAYER_NORM_EPSILON = 1e-5

/** `x` is [tokens, width]; writes into rows of `out` that are `outWidth` apart, from `outAt`. */
export function normalise(
  kind: NormKind,
  norm: Norm,
  x: Float64Array,
  out: Float64Array,
  outAt: number,
  outWidth: number,
): void {
  const { gain, bias } = norm
  const width = gain.length
  for (let at = 0, to = outAt; at < x.length; at += width, to += outWidth) {
    const mean = kind.rms ? 0 : meanOf(x, at, width)
    const scale = inverseSpread(kind, x, at, width, mean)
    for (let c = 0; c < width; c++) out[to + c] = (x[at + c]! - mean) * scale * gain[c]!
    if (bias !== null) for (let c = 0; c < width; c++) out[to + c] = out[to + c]! + bias[c]!
  }
}

/** Adds to `gradientOfX` [tokens, width] what `gradient`, rows `rowWidth` apart, sends back through the norm of `x`. */
export function normaliseBackward(
  kind: NormKind,
  norm: Norm,
  x: Float64Array,
  gradient: Float64Array,
  rowWidth: number,
  gradientOfX: Float64Array,
): void {
  const { gain } = norm
  const width = gain.length
  for (let at = 0, from = 0; at < x.length; at += width, from += rowWidth) {
    const mean = kind.rms ? 0 : meanOf(x, at, width)
    const scale = inverseSpread(kind, x, at, width, mean)
    let along = 0 // Σ γ g x̂: the part that changes the spread
    let total = 0 // Σ γ g: the part that changes the mean
    for (let c = 0; c < width; c++) {
      const g = gradient[from + c]! * gain[c]!
      along += g * (x[at + c]! - mean) * scale
      total += g
    }
    along /= width
    total = kind.rms ? 0 : total / width
    for (let c = 0; c < width; c++) {
      const unit = (x[at + c]! - mean) * scale
      const g = gradient[from + c]! * gain[c]!
      gradientOfX[at + c] = gradientOfX[at + c]! + scale * (g - total - unit * along)
    }
  }
}

function meanOf(x: Float64Array, at: number, width: number): number {
  let sum = 0
  for (let c = 0; c < width; c++) sum += x[at + c]!
  return sum / width
}

function inverseSpread(kind: NormKind, x: Float64Array, at: number, width: number, mean: number): number {
  let sum = 0
  for (let c = 0; c < width; c++) {
    const centred = x[at + c]! - mean
    sum += centred * centred
  }
  return 1 / Math.sqrt(sum / width + (kind.rms ? kind.epsilon : LAYER_NORM_EPSILON))
}

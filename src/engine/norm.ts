/**
 * The two norms of the released models, over the channels of one token:
 *   RMSNorm    γ_c x_c / √(mean x² + ε)                          weight only; ε is a setting of the run
 *   LayerNorm  γ_c (x_c − mean x) / √(var x + 1e-5) + β_c        var divides by the width
 * What a norm learns of its input, mean and spread, stands apart from applying it, because frozen norms keep both.
 */
import type { Norm } from '../model/prepared-model.js'

export interface NormKind {
  readonly rms: boolean
  /** ε of RMSNorm. */
  readonly epsilon: number
}

/** Per token: the mean taken out (0 for RMSNorm) and the factor 1/√(…). */
export interface Moments {
  readonly mean: Float64Array
  readonly scale: Float64Array
}

export const LAYER_NORM_EPSILON = 1e-5

/** Of rows of `width` channels. */
export function momentsOf(kind: NormKind, x: Float64Array, width: number): Moments {
  const tokens = x.length / width
  const mean = new Float64Array(tokens)
  const scale = new Float64Array(tokens)
  for (let t = 0, at = 0; t < tokens; t++, at += width) {
    if (!kind.rms) mean[t] = meanOf(x, at, width)
    scale[t] = inverseSpread(kind, x, at, width, mean[t]!)
  }
  return { mean, scale }
}

/** `x` is [tokens, width]; writes into rows of `out` that are `outWidth` apart, from `outAt`. */
export function normalise(
  { gain, bias }: Norm,
  moments: Moments,
  x: Float64Array,
  out: Float64Array,
  outAt: number,
  outWidth: number,
): void {
  const width = gain.length
  for (let t = 0, at = 0, to = outAt; at < x.length; t++, at += width, to += outWidth) {
    const mean = moments.mean[t]!
    const scale = moments.scale[t]!
    for (let c = 0; c < width; c++) out[to + c] = (x[at + c]! - mean) * scale * gain[c]!
    if (bias !== null) for (let c = 0; c < width; c++) out[to + c] = out[to + c]! + bias[c]!
  }
}

/**
 * Adds to `gradientOfX` [tokens, width] what `gradient`, rows `rowWidth` apart, sends back through the norm of `x`.
 * Frozen moments are constants, so that nothing flows through them.
 */
export function normaliseBackward(
  { gain }: Norm,
  { kind, moments, frozen }: { readonly kind: NormKind; readonly moments: Moments; readonly frozen: boolean },
  x: Float64Array,
  gradient: Float64Array,
  rowWidth: number,
  gradientOfX: Float64Array,
): void {
  const width = gain.length
  for (let t = 0, at = 0, from = 0; at < x.length; t++, at += width, from += rowWidth) {
    const mean = moments.mean[t]!
    const scale = moments.scale[t]!
    let along = 0 // Σ γ g x̂: the part that changes the spread
    let total = 0 // Σ γ g: the part that changes the mean
    for (let c = 0; !frozen && c < width; c++) {
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

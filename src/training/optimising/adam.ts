/**
 * Adam over the flat weights (Kingma & Ba 2015, with bias correction), after the whole gradient was divided by its root
 * mean square: ε = 0.1 means nothing without that (sparse-models.md §2, §8.3).
 */
import type { OptimiserPlan } from '../../domain/training/training-plan.js'

/** Keeps a gradient of zeros from being divided by zero; the released code's number. */
const RMS_FLOOR = 1e-5

export interface Moments {
  readonly first: Float32Array
  readonly second: Float32Array
}

/** Root mean square of a gradient over all its elements; `parameters` of them are trained. */
export function gradientRms(gradient: Float32Array, parameters: number): number {
  let sum = 0
  for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!
  return Math.sqrt(sum / parameters)
}

/** What every element of the gradient is multiplied with. */
export function gradientScale(kind: OptimiserPlan['gradient'], rms: number): number {
  if (kind === 'NORMALISE') return 1 / (rms + RMS_FLOOR)
  return rms > 1 ? 1 / rms : 1
}

/** Step number `step`, the first being 0, of one stretch of the arrays, in place. */
export function adam(
  weights: Float32Array,
  gradient: Float32Array,
  { first, second }: Moments,
  step: number,
  scale: number,
  rate: number,
  { beta1, beta2, epsilon }: Pick<OptimiserPlan, 'beta1' | 'beta2' | 'epsilon'>,
): void {
  const size = rate / (1 - beta1 ** (step + 1))
  const correction = 1 / Math.sqrt(1 - beta2 ** (step + 1))
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i]! * scale
    const m = beta1 * first[i]! + (1 - beta1) * g
    const v = beta2 * second[i]! + (1 - beta2) * g * g
    first[i] = m
    second[i] = v
    weights[i] = weights[i]! - (size * m) / (Math.sqrt(v) * correction + epsilon)
  }
}

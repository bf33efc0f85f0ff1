/** AdamW over the gates of all sites, with gradient clipping and a straight line of rates to 0 (Gao et al. 2025, A.5). */
import type { MaskSetting } from '../../domain/extraction/extraction-plan.js'
import { adam, type Moments } from '../optimising/adam.js'

const BETA1 = 0.9
const EPSILON = 1e-8
/** Norm that a gradient is clipped to; the paper gives none. */
const LARGEST_NORM = 1

export class MaskOptimiser {
  readonly #setting: MaskSetting
  readonly #steps: number
  readonly #moments: Moments
  #step = 0

  constructor(gates: number, setting: MaskSetting, steps: number) {
    this.#setting = setting
    this.#steps = steps
    this.#moments = { first: new Float32Array(gates), second: new Float32Array(gates) }
  }

  /** Changes the gates in place; they stay from −1 to 1. */
  step(gates: Float32Array, gradient: Float32Array): void {
    const { beta2, weightDecay } = this.#setting
    const rate = maskRate(this.#step, this.#steps, this.#setting)
    let square = 0
    for (const g of gradient) square += g * g
    const scale = Math.min(1, LARGEST_NORM / Math.sqrt(square))
    for (let i = 0; i < gates.length; i++) gates[i]! *= 1 - rate * weightDecay
    adam(gates, gradient, this.#moments, this.#step, square === 0 ? 1 : scale, rate, {
      beta1: BETA1,
      beta2,
      epsilon: EPSILON,
    })
    for (let i = 0; i < gates.length; i++) gates[i] = Math.max(-1, Math.min(1, gates[i]!))
    this.#step++
  }
}

/** Rate of a step: up over the warm-up, then down to 0. */
export function maskRate(step: number, steps: number, { rate, warmup }: MaskSetting): number {
  const up = warmup * steps
  return step < up ? (rate * (step + 1)) / (up + 1) : (rate * (steps - step)) / Math.max(1, steps - up)
}

/** The nonlinearities of the MLP and their derivatives. GELU is the exact erf form, x·Φ(x); relu'(0) = 0. */
import { erfc } from './erf.js'
import { exp } from './exp.js'

export type Activation = 'gelu' | 'relu'

const SQRT_HALF = Math.SQRT1_2
const ONE_OVER_SQRT_2PI = 0.3989422804014327

export function gelu(x: number): number {
  return 0.5 * x * erfc(-x * SQRT_HALF)
}

/** Φ(x) + x·φ(x). */
export function geluSlope(x: number): number {
  return 0.5 * erfc(-x * SQRT_HALF) + x * ONE_OVER_SQRT_2PI * exp(-0.5 * x * x)
}

/** Changes `values` in place. */
export function activate(values: Float64Array, activation: Activation): void {
  if (activation === 'relu') {
    for (let i = 0; i < values.length; i++) if (!(values[i]! > 0)) values[i] = 0
  } else {
    for (let i = 0; i < values.length; i++) values[i] = gelu(values[i]!)
  }
}

/** gradient ← gradient · f′(input), in place. */
export function activateBackward(gradient: Float64Array, input: Float64Array, activation: Activation): void {
  if (activation === 'relu') {
    for (let i = 0; i < gradient.length; i++) if (!(input[i]! > 0)) gradient[i] = 0
  } else {
    for (let i = 0; i < gradient.length; i++)
      if (gradient[i] !== 0) gradient[i] = gradient[i]! * geluSlope(input[i]!)
  }
}

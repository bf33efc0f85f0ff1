/**
 * Weights before the first step, as the released code makes them: N(0, 0.02²) for matrices and embeddings,
 * N(0, (0.02/√(2·layers))²) for what writes to the residual stream, U(0, 1)·0.02 for the bigram table, gains 1, the
 * rest 0 (sparse-models.md §1.2, §1.1).
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { TrainingPlan } from '../domain/training/training-plan.js'
import { normal } from './normal-draws.js'
import { type Parameter, type ParameterLayout, POSITIONS } from './parameter-layout.js'
import { sinusoids } from './sinusoids.js'

const SPREAD = 0.02

/** The same plan gives the same weights. */
export function initialWeights(plan: TrainingPlan, { parameters, length }: ParameterLayout): Float32Array {
  const weights = new Float32Array(length)
  const random = xoroshiro128plus(plan.seed)
  const uniform = (): number => uniformFloat64(random)
  for (const parameter of parameters) {
    const part = weights.subarray(parameter.offset, parameter.offset + parameter.length)
    if (parameter.name === POSITIONS && !parameter.isTrained) {
      if (plan.model.positions === 'SINUSOIDAL') part.set(sinusoids(parameter.shape[0]!, parameter.shape[1]!))
    } else {
      fill(part, parameter, plan.model.layers, uniform)
    }
  }
  return weights
}

function fill(part: Float32Array, { kind, name }: Parameter, layers: number, uniform: () => number): void {
  if (kind === 'MATRIX' || kind === 'EMBEDDING') {
    const spread = name.endsWith('c_proj.weight') ? SPREAD / Math.sqrt(2 * layers) : SPREAD
    for (let i = 0; i < part.length; i++) part[i] = spread * normal(uniform)
  } else if (kind === 'BIGRAM') {
    for (let i = 0; i < part.length; i++) part[i] = SPREAD * uniform()
  } else if (/\.ln_\w+\.weight$/.test(name)) {
    part.fill(1)
  }
}

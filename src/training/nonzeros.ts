/** How many weights are not zero. */
import { invariant } from '../domain/errors.js'
import type { TrainingPlan } from '../domain/training/training-plan.js'
import type { TensorCount } from '../domain/training/training-record.js'
import { keptEntries } from './optimising/training-state.js'
import type { ParameterLayout } from './parameter-layout.js'

export function tensorCounts({ parameters }: ParameterLayout, weights: Float32Array): readonly TensorCount[] {
  return parameters.map(({ name, offset, length }) => ({
    name,
    parameters: length,
    nonzeros: nonzeros(weights.subarray(offset, offset + length)),
  }))
}

/** L0 of a model: nonzeros of block matrices, embeddings and unembedding. */
export function l0Of({ parameters }: ParameterLayout, weights: Float32Array): number {
  let sum = 0
  for (const { kind, offset, length } of parameters) {
    if (kind === 'MATRIX' || kind === 'EMBEDDING') sum += nonzeros(weights.subarray(offset, offset + length))
  }
  return sum
}

/** A matrix with more nonzeros than the plan allows is a fault of ours; fewer there are only where weights died. */
export function assertCounts(
  plan: TrainingPlan,
  { parameters }: ParameterLayout,
  counts: readonly TensorCount[],
): void {
  for (const [i, parameter] of parameters.entries()) {
    const kept = keptEntries(parameter, plan.sparsity)
    const { name, nonzeros } = counts[i]!
    invariant(!parameter.isTrained || nonzeros <= kept, `${name} keeps ${nonzeros} weights, at most ${kept}`)
  }
}

function nonzeros(values: Float32Array): number {
  let count = 0
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++
  return count
}

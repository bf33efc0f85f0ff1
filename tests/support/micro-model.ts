/** Sparse models small enough to check by hand or by brute force, as the data that a released file would give. */

import { littleEndianBytes } from '../../src/domain/little-endian.js'
import type { ModelConfig, SparseModelData, Tensor } from '../../src/domain/sparse-model-data.js'
import { parseModelConfig } from '../../src/model/model-config.js'
import { expectedTensors } from '../../src/model/tensor-table.js'
import { seededRandom } from './seeded-random.js'

/** Two layers, two heads of three channels, RMSNorm, GELU, biases; every field can be overruled in the released spelling. */
export function microConfig(fields: Readonly<Record<string, unknown>> = {}): ModelConfig {
  return parseModelConfig({
    block_size: 8,
    vocab_size: 7,
    n_layer: 2,
    n_head: 2,
    d_head: 3,
    d_model: 6,
    d_mlp: 9,
    rms_norm: true,
    tied_unembed: false,
    ...fields,
  })
}

export function float64Tensor(name: string, shape: readonly number[], values: ArrayLike<number>): Tensor {
  return { name, dtype: 'F64', shape, bytes: littleEndianBytes(Float64Array.from(values)) }
}

/** Random weights of which `density` are not zero; norm gains between ½ and 3/2. */
export function randomModel(config: ModelConfig, seed: number, density = 0.5): SparseModelData {
  const random = seededRandom(seed)
  const tensors = expectedTensors(config).map(({ name, shape }) => {
    const values = new Float64Array(shape.reduce((product, size) => product * size, 1))
    const gain = /\.ln_\w+\.weight$/.test(name)
    for (let i = 0; i < values.length; i++) {
      const value = 2 * random.next() - 1
      values[i] = gain ? 1 + value / 2 : random.next() < density ? value : 0
    }
    return float64Tensor(name, shape, values)
  })
  return { id: `random-${seed}`, config, tensors, referenceSet: null, vocabulary: null }
}

/** Entries by "row,column" (or "index" of a vector); everything else is zero, norm gains are 1. */
export type HandMade = Readonly<Record<string, Readonly<Record<string, number>>>>

export function handMadeModel(config: ModelConfig, weights: HandMade): SparseModelData {
  const left = new Set(Object.keys(weights))
  const tensors = expectedTensors(config).map(({ name, shape }) => {
    const values = new Float64Array(shape.reduce((product, size) => product * size, 1))
    if (/\.ln_\w+\.weight$/.test(name)) values.fill(1)
    left.delete(name)
    for (const [place, value] of Object.entries(weights[name] ?? {})) {
      const [row, column] = place.split(',').map(Number) as [number, number?]
      values[column === undefined ? row : row * shape[1]! + column] = value
    }
    return float64Tensor(name, shape, values)
  })
  if (left.size > 0) throw new Error(`the model has no tensor ${[...left].join(', ')}`)
  return { id: 'hand-made', config, tensors, referenceSet: null, vocabulary: null }
}

/** Width of `NEUTRAL` models; the last channel carries the constant. */
export const NEUTRAL_WIDTH = 16
const LOUD = 2 ** 30

/**
 * Weights that take RMSNorm out of a 16-wide model without leaving the released layout: every token carries 2³⁰ in the
 * last channel, so that the root mean square is 2²⁸ to the last bit whatever the other channels hold (up to a sum of
 * squares of 64), and every gain is 2²⁸, 0 for the loud channel. Each norm then gives its input back exactly.
 */
export function neutralNorms(config: ModelConfig): HandMade {
  const gains = Object.fromEntries(
    Array.from({ length: NEUTRAL_WIDTH }, (_, c) => [`${c}`, c === NEUTRAL_WIDTH - 1 ? 0 : LOUD / 4]),
  )
  const weights: Record<string, Readonly<Record<string, number>>> = { 'transformer.ln_f.weight': gains }
  for (let i = 0; i < config.layers; i++) {
    weights[`transformer.h.${i}.ln_1.weight`] = gains
    weights[`transformer.h.${i}.ln_2.weight`] = gains
  }
  weights['transformer.wte.weight'] = Object.fromEntries(
    Array.from({ length: config.vocabSize }, (_, token) => [`${token},${NEUTRAL_WIDTH - 1}`, LOUD]),
  )
  return weights
}

/** A hand-made model whose norms do nothing. */
export function normFreeModel(fields: Readonly<Record<string, unknown>>, weights: HandMade): SparseModelData {
  const config = microConfig({
    d_model: NEUTRAL_WIDTH,
    n_head: 1,
    d_head: 1,
    n_layer: 1,
    d_mlp: 2,
    ...fields,
  })
  const neutral = neutralNorms(config)
  const names = new Set([...Object.keys(neutral), ...Object.keys(weights)])
  return handMadeModel(
    config,
    Object.fromEntries([...names].map((name) => [name, { ...neutral[name], ...weights[name] }])),
  )
}

/** Sparse models written down weight by weight: every number that is not listed is zero, all are float64. */
import { invariant } from '../src/domain/errors.js'
import { littleEndianBytes } from '../src/domain/little-endian.js'
import type { SparseModelData } from '../src/domain/sparse-model-data.js'
import { parseReferenceSet, parseVocabulary } from '../src/formats/sparse-release/sidecars.js'
import { parseModelConfig } from '../src/model/model-config.js'
import { modelHash } from '../src/model/model-hash.js'
import { canonicalTensors, expectedTensors } from '../src/model/tensor-table.js'

/**
 * Size of every embedding entry. Each token has two entries of ±2^20 among eight channels, so the root mean square of
 * the residual stream is 2^19 for every token, and what the circuits write (at most a few units) moves it by less
 * than one part in 10^12. So a norm divides by 2^19, and its gain says what a channel then counts.
 */
export const EMBEDDING_SIZE = 2 ** 20
export const STREAM_RMS = 2 ** 19

/** [index, value] for vectors, [row, column, value] for matrices, or one number for all. */
export type Entries = number | readonly (readonly [number, number] | readonly [number, number, number])[]

export interface HandBuiltModel {
  readonly config: Readonly<Record<string, unknown>>
  readonly weights: Readonly<Record<string, Entries>>
  readonly vocabulary: readonly string[]
  readonly referenceSet: { readonly name: string; readonly sequences: readonly (readonly number[])[] }
}

export function handBuiltModel(plan: HandBuiltModel): SparseModelData {
  const config = parseModelConfig(plan.config)
  const expected = expectedTensors(config)
  for (const name of Object.keys(plan.weights)) {
    invariant(
      expected.some((tensor) => tensor.name === name),
      `the model has a tensor ${name}`,
    )
  }
  const stored = expected.map(({ name, shape }) => {
    const values = valuesOf(shape, plan.weights[name] ?? [])
    return { name, dtype: 'F64' as const, shape, bytes: Uint8Array.from(littleEndianBytes(values)) }
  })
  const tensors = canonicalTensors(config, stored)
  return {
    id: modelHash(config, tensors),
    config,
    tensors,
    referenceSet: parseReferenceSet(plan.referenceSet, config),
    vocabulary: parseVocabulary(plan.vocabulary, config),
  }
}

function valuesOf(shape: readonly number[], entries: Entries): Float64Array {
  const values = new Float64Array(shape.reduce((product, size) => product * size, 1))
  if (typeof entries === 'number') return values.fill(entries)
  for (const entry of entries) {
    const at = entry.length === 2 ? entry[0] : entry[0] * shape[1]! + entry[1]
    invariant(at < values.length, `entry ${at} lies within (${shape.join(', ')})`)
    values[at] = entry.at(-1)!
  }
  return values
}

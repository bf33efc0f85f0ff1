/** The weights of a run as a model in the released layout. */
import { canonicalJson } from '../domain/canonical-json.js'
import { littleEndianBytes } from '../domain/little-endian.js'
import { sha256Hex } from '../domain/sha256.js'
import type { SparseModelData } from '../domain/sparse-model-data.js'
import type { TrainingPlan } from '../domain/training/training-plan.js'
import { modelHash } from '../model/model-hash.js'
import type { TokenSource } from '../model/texts/token-source.js'
import type { ParameterLayout } from './parameter-layout.js'
import { plannedConfig } from './planned-config.js'

export function trainedModel(
  plan: TrainingPlan,
  { parameters }: ParameterLayout,
  weights: Float32Array,
  source: TokenSource,
): SparseModelData {
  const config = plannedConfig(plan, source.vocabulary.length)
  const tensors = parameters.map(({ name, shape, offset, length }) => ({
    name,
    dtype: 'F32' as const,
    shape,
    bytes: littleEndianBytes(weights.slice(offset, offset + length)),
  }))
  const sequences = rowsOf(source.heldOut(plan.watch.referenceSequences, config.blockSize), config.blockSize)
  const referenceSet = {
    id: sha256Hex(canonicalJson(sequences)),
    name: `held-out ${source.name}, ${sequences.length} sequences of ${config.blockSize} tokens`,
    sequences,
  }
  const { vocabulary, tokenizer = null } = source
  return { id: modelHash(config, tensors), config, tensors, referenceSet, vocabulary, tokenizer }
}

function rowsOf(tokens: Int32Array, length: number): number[][] {
  return Array.from({ length: tokens.length / length }, (_, row) =>
    Array.from(tokens.subarray(row * length, (row + 1) * length)),
  )
}

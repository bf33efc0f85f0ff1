/**
 * A sparse model as one block of bytes, as the artefact store keeps it: a safetensors container whose `__metadata__`
 * holds configuration, reference set and vocabulary as canonical JSON. Equal models give equal bytes.
 */
import { canonicalJson } from '../../domain/canonical-json.js'
import { InvalidInput } from '../../domain/errors.js'
import type { SparseModelData } from '../../domain/sparse-model-data.js'
import { modelConfigJson, parseModelConfig } from '../../model/model-config.js'
import { modelHashInSteps } from '../../model/model-hash.js'
import { canonicalTensors } from '../../model/tensor-table.js'
import { parseJson } from '../json-fields.js'
import { parseSafetensors, writeSafetensors } from './safetensors.js'
import { parseReferenceSet, parseVocabulary, referenceSetJson } from './sidecars.js'

const FORMAT = 'circuitql/model'
const VERSION = '1'
const NAME = 'the model artefact'

export function encodeModelArtefact(data: SparseModelData): Uint8Array {
  const { config, tensors, referenceSet, vocabulary, tokenizer } = data
  return writeSafetensors(tensors, {
    format: FORMAT,
    version: VERSION,
    config: canonicalJson(modelConfigJson(config)),
    ...(referenceSet === null ? {} : { reference_set: canonicalJson(referenceSetJson(referenceSet)) }),
    ...(vocabulary === null ? {} : { vocabulary: canonicalJson(vocabulary) }),
    ...(tokenizer == null ? {} : { tokenizer }),
  })
}

/** Tensors are views of `bytes`; pauses now and then, for callers that must not hold their thread. Throws `BAD_FILE` where the block is not a model artefact of this version. */
export function* decodeModelArtefact(bytes: Uint8Array): Generator<void, SparseModelData> {
  const { tensors: stored, metadata } = parseSafetensors(bytes, NAME)
  if (metadata.get('format') !== FORMAT || metadata.get('version') !== VERSION) {
    throw new InvalidInput('BAD_FILE', `${NAME} is not in the format ${FORMAT} ${VERSION}`)
  }
  const json = (key: string): unknown => {
    const text = metadata.get(key)
    return text === undefined ? undefined : parseJson(new TextEncoder().encode(text), `${key} of ${NAME}`)
  }
  const config = parseModelConfig(json('config'))
  const tensors = canonicalTensors(config, stored)
  return {
    id: yield* modelHashInSteps(config, tensors),
    config,
    tensors,
    referenceSet: metadata.has('reference_set') ? parseReferenceSet(json('reference_set'), config) : null,
    vocabulary: metadata.has('vocabulary') ? parseVocabulary(json('vocabulary'), config) : null,
    tokenizer: metadata.get('tokenizer') ?? null,
  }
}

/** A model as the files of the released layout, with our sidecars beside them. */
import type { SparseModelData } from '../../domain/sparse-model-data.js'
import { TOKENIZER_FILE } from '../../model/byte-pair-tokenizer.js'
import { modelConfigJson } from '../../model/model-config.js'
import { CONFIG_FILE, SAFETENSORS_FILE } from './read-sparse-model.js'
import { writeSafetensors } from './safetensors.js'
import { REFERENCE_SET_FILE, referenceSetJson, VOCABULARY_FILE } from './sidecars.js'

export interface ExportedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Reading the files again gives a model of the same id. A tied matrix is written once, as `lm_head.weight`. */
export function writeSparseModel(data: SparseModelData): readonly ExportedFile[] {
  const files: ExportedFile[] = [
    { name: CONFIG_FILE, bytes: jsonFile(modelConfigJson(data.config)) },
    // Other tools of the safetensors family ask for this entry.
    { name: SAFETENSORS_FILE, bytes: writeSafetensors(data.tensors, { format: 'pt' }) },
  ]
  if (data.referenceSet !== null)
    files.push({ name: REFERENCE_SET_FILE, bytes: jsonFile(referenceSetJson(data.referenceSet)) })
  if (data.vocabulary !== null) files.push({ name: VOCABULARY_FILE, bytes: jsonFile(data.vocabulary) })
  if (data.tokenizer != null)
    files.push({ name: TOKENIZER_FILE, bytes: new TextEncoder().encode(data.tokenizer) })
  return files
}

/** One line per member of the outermost object, so that a person can read it and a diff is short. */
export function jsonFile(value: unknown): Uint8Array {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const text = isObject
    ? `{\n${Object.entries(value)
        .map(([key, member]) => `  ${JSON.stringify(key)}: ${JSON.stringify(member)}`)
        .join(',\n')}\n}`
    : JSON.stringify(value)
  return new TextEncoder().encode(`${text}\n`)
}

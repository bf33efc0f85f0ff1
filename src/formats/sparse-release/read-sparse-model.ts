/**
 * A model in the released layout: `beeg_config.json` with `model.safetensors` or `final_model.pt` (or both, when they
 * agree), and our sidecars where they are there. The same model gives the same id out of either file.
 */
import type { JsonValue } from '../../domain/canonical-json.js'
import { InvalidInput } from '../../domain/errors.js'
import type { ImportFinding } from '../../domain/records.js'
import type { ModelConfig, SparseModelData, Tensor } from '../../domain/sparse-model-data.js'
import { TOKENIZER_FILE } from '../../model/byte-pair-tokenizer.js'
import { parseModelConfig } from '../../model/model-config.js'
import { modelHash } from '../../model/model-hash.js'
import { canonicalTensors } from '../../model/tensor-table.js'
import { parseJson } from '../json-fields.js'
import { readWhole, type SourceFile } from '../source-file.js'
import { countNonzero } from './count-nonzero.js'
import { elementCount } from './dtype-width.js'
import { readSafetensors } from './safetensors.js'
import {
  parseReferenceSet,
  parseTokenizer,
  parseVocabulary,
  REFERENCE_SET_FILE,
  VOCABULARY_FILE,
} from './sidecars.js'
import { readStateDict } from './state-dict.js'

export const SPARSE_RELEASE_FORMAT = 'circuit-sparsity'
export const SPARSE_RELEASE_VERSION = '1'
export const CONFIG_FILE = 'beeg_config.json'
export const SAFETENSORS_FILE = 'model.safetensors'
export const TORCH_FILE = 'final_model.pt'

/** Every file that a model may come with. */
export const MODEL_FILES: readonly string[] = [
  CONFIG_FILE,
  SAFETENSORS_FILE,
  TORCH_FILE,
  REFERENCE_SET_FILE,
  VOCABULARY_FILE,
  TOKENIZER_FILE,
]
const MAX_CONFIG_BYTES = 1 << 20
const MAX_SIDECAR_BYTES = 64 << 20

export interface SparseModelImport {
  readonly data: SparseModelData
  readonly findings: readonly ImportFinding[]
  /** The configuration as it stood in the file. */
  readonly metadata: JsonValue
  /** The files that were read, by name. */
  readonly files: readonly SourceFile[]
  readonly parameterCount: number
  readonly nonzeroCount: number
}

/**
 * Throws `BAD_FILE` naming what is missing, broken or contradicting, `UNSAFE_FILE` for a pickle that holds more than
 * tensors, `UNSUPPORTED` for an option or type that cannot be run.
 */
export async function readSparseModel(files: readonly SourceFile[]): Promise<SparseModelImport> {
  const byName = filesByName(files)
  const metadata = await jsonOf(requiredFile(byName, CONFIG_FILE), MAX_CONFIG_BYTES)
  const config = parseModelConfig(metadata)
  const { id, tensors, findings } = await readWeights(byName, config)
  const referenceFile = byName.get(REFERENCE_SET_FILE)
  const { vocabulary, tokenizer } = await readTexts(byName, config)
  const ignored = files.filter((file) => !MODEL_FILES.includes(file.name))
  if (ignored.length > 0) {
    findings.push({
      severity: 'NOTE',
      code: 'FILE_IGNORED',
      message: `not part of a released model and left unread: ${ignored.map((file) => file.name).join(', ')}`,
      count: ignored.length,
    })
  }
  return {
    data: {
      id,
      config,
      tensors,
      referenceSet: referenceFile
        ? parseReferenceSet(await jsonOf(referenceFile, MAX_SIDECAR_BYTES), config)
        : null,
      vocabulary,
      tokenizer,
    },
    findings,
    metadata: metadata as JsonValue,
    files: MODEL_FILES.flatMap((name) => byName.get(name) ?? []),
    parameterCount: tensors.reduce((sum, tensor) => sum + elementCount(tensor.shape), 0),
    nonzeroCount: await countNonzero(tensors),
  }
}

/** The vocabulary and, where it came, the tokenizer that it belongs to; where both came they must agree. */
async function readTexts(
  byName: ReadonlyMap<string, SourceFile>,
  config: ModelConfig,
): Promise<Pick<SparseModelData, 'vocabulary' | 'tokenizer'>> {
  const vocabularyFile = byName.get(VOCABULARY_FILE)
  const tokenizerFile = byName.get(TOKENIZER_FILE)
  const vocabulary = vocabularyFile
    ? parseVocabulary(await jsonOf(vocabularyFile, MAX_SIDECAR_BYTES), config)
    : null
  if (tokenizerFile === undefined) return { vocabulary, tokenizer: null }
  const own = parseTokenizer(await readWhole(tokenizerFile, MAX_SIDECAR_BYTES), config)
  const contradicted = own.vocabulary.findIndex((text, id) => vocabulary !== null && vocabulary[id] !== text)
  if (contradicted >= 0)
    throw new InvalidInput(
      'BAD_FILE',
      `token ${contradicted} is ${JSON.stringify(own.vocabulary[contradicted])} in ${TOKENIZER_FILE} and ${JSON.stringify(vocabulary![contradicted])} in ${VOCABULARY_FILE}`,
      { path: VOCABULARY_FILE },
    )
  return own
}

interface Weights {
  readonly id: string
  readonly tensors: readonly Tensor[]
  readonly findings: ImportFinding[]
}

async function readWeights(byName: ReadonlyMap<string, SourceFile>, config: ModelConfig): Promise<Weights> {
  const safetensorsFile = byName.get(SAFETENSORS_FILE)
  const torchFile = byName.get(TORCH_FILE)
  const safetensors = safetensorsFile && weightsOf(config, (await readSafetensors(safetensorsFile)).tensors)
  const torch = torchFile && weightsOf(config, await readStateDict(torchFile))
  if (safetensors && torch && safetensors.id !== torch.id) {
    const other = new Map(torch.tensors.map((tensor) => [tensor.name, tensor]))
    const differing = safetensors.tensors.find((tensor) => !sameTensor(tensor, other.get(tensor.name)))
    throw new InvalidInput(
      'BAD_FILE',
      `${SAFETENSORS_FILE} and ${TORCH_FILE} hold different weights, first in ${differing?.name}`,
      {
        path: SAFETENSORS_FILE,
        hint: 'import one of the two files',
      },
    )
  }
  const weights = safetensors ?? torch
  if (weights === undefined) {
    throw new InvalidInput(
      'BAD_FILE',
      `a released model needs ${SAFETENSORS_FILE} or ${TORCH_FILE} beside ${CONFIG_FILE}`,
      { path: SAFETENSORS_FILE },
    )
  }
  return weights
}

function weightsOf(config: ModelConfig, stored: readonly Tensor[]): Weights {
  const tensors = canonicalTensors(config, stored)
  const findings: ImportFinding[] = []
  const kept = new Set(tensors.map((tensor) => tensor.name))
  const given = new Set(stored.map((tensor) => tensor.name))
  const dropped = [...given].filter((name) => !kept.has(name))
  const added = [...kept].filter((name) => !given.has(name))
  if (dropped.length > 0) {
    findings.push({
      severity: 'NOTE',
      code: 'TENSOR_REDUNDANT',
      message: `held in the file but no part of the model (a mask buffer, or the second copy of a tied matrix): ${dropped.join(', ')}`,
      count: dropped.length,
    })
  }
  if (added.length > 0) {
    findings.push({
      severity: 'REPAIRED',
      code: 'TENSOR_FILLED_IN',
      message: `missing in the file and taken as zeros or from its tied copy: ${added.join(', ')}`,
      count: added.length,
    })
  }
  return { id: modelHash(config, tensors), tensors, findings }
}

function sameTensor(a: Tensor, b: Tensor | undefined): boolean {
  return (
    b !== undefined &&
    a.dtype === b.dtype &&
    a.bytes.length === b.bytes.length &&
    Buffer.compare(a.bytes, b.bytes) === 0
  )
}

function filesByName(files: readonly SourceFile[]): ReadonlyMap<string, SourceFile> {
  const byName = new Map<string, SourceFile>()
  for (const file of files) {
    if (byName.has(file.name))
      throw new InvalidInput('BAD_FILE', `two files are named ${file.name}`, { path: file.name })
    byName.set(file.name, file)
  }
  return byName
}

function requiredFile(byName: ReadonlyMap<string, SourceFile>, name: string): SourceFile {
  const file = byName.get(name)
  if (file === undefined) throw new InvalidInput('BAD_FILE', `a released model needs ${name}`, { path: name })
  return file
}

async function jsonOf(file: SourceFile, maxBytes: number): Promise<unknown> {
  return parseJson(await readWhole(file, maxBytes), file.name)
}

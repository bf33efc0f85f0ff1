/** The three reference models of the released code, with what the original computes for them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SparseModelData } from '../../src/domain/sparse-model-data.js'
import { parseSafetensors } from '../../src/formats/sparse-release/safetensors.js'
import { parseModelConfig } from '../../src/model/model-config.js'
import { canonicalTensors } from '../../src/model/tensor-table.js'
import { tensorValues } from '../../src/model/tensor-values.js'

export const REFERENCE_FOLDERS = ['paper-like', 'cat-pos-layernorm', 'relu-tied'] as const

/** nn.RMSNorm takes the machine epsilon of the running type, and the reference ran in float64. */
export const REFERENCE_EPSILON = 2.220446049250313e-16

export interface Reference {
  readonly data: SparseModelData
  /** [2][12] token ids and next tokens. */
  readonly ids: readonly (readonly number[])[]
  readonly targets: readonly (readonly number[])[]
  /** Names of the stored results. */
  readonly names: readonly string[]
  /** A stored result, flat. */
  values(name: string): Float32Array | Float64Array
  /** The part of a [2, …] result that belongs to one of the two sequences. */
  ofSequence(name: string, sequence: number): Float32Array | Float64Array
}

export function readReference(shared: string, folder: string): Reference {
  const path = join(shared, 'fixtures/circuit-sparsity-reference', folder)
  const config = parseModelConfig(JSON.parse(readFileSync(join(path, 'beeg_config.json'), 'utf8')))
  const weights = parseSafetensors(readFileSync(join(path, 'model.safetensors'))).tensors
  const stored = new Map(
    parseSafetensors(readFileSync(join(path, 'reference.safetensors'))).tensors.map((t) => [t.name, t]),
  )
  const values = (name: string) => tensorValues(stored.get(name)!)
  const rows = (name: string): number[][] => {
    const tensor = stored.get(name)!
    const [count, length] = tensor.shape as [number, number]
    const view = new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset)
    return Array.from({ length: count }, (_, r) =>
      Array.from({ length }, (_, c) => Number(view.getBigInt64(8 * (r * length + c), true))),
    )
  }
  return {
    data: {
      id: folder,
      config,
      tensors: canonicalTensors(config, weights),
      referenceSet: null,
      vocabulary: null,
    },
    ids: rows('ids'),
    targets: rows('targets'),
    names: [...stored.keys()],
    values,
    ofSequence: (name, sequence) => {
      const all = values(name)
      const part = all.length / 2
      return all.subarray(sequence * part, (sequence + 1) * part)
    },
  }
}

/** The largest difference between two arrays of equal length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`)
  let worst = 0
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs(a[i]! - b[i]!)
    if (!(gap <= worst)) worst = gap
  }
  return worst
}

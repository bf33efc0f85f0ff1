/**
 * A control model: the nonzero weights of every matrix of the blocks moved to other columns of their row, so that sizes
 * and sparsity stay and whatever was learnt is gone (semantics.md §13 b).
 */
import { littleEndianBytes } from '../domain/little-endian.js'
import type { SparseModelData, Tensor } from '../domain/sparse-model-data.js'
import { tensorValues } from './tensor-values.js'

const MATRIX = /(c_attn|c_proj|c_fc)\.weight$/

export function permutedWeights(data: SparseModelData, seed: number): SparseModelData {
  let state = (seed ^ 0x9e3779b9) >>> 0
  const below = (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
  const permuted = (tensor: Tensor): Tensor => {
    if (!MATRIX.test(tensor.name)) return tensor
    const values = Float64Array.from(tensorValues(tensor))
    const [rows, columns] = tensor.shape as [number, number]
    for (let row = 0; row < rows; row++) {
      for (let i = columns - 1; i > 0; i--) {
        const [a, b] = [row * columns + i, row * columns + below(i + 1)]
        const swap = values[a]!
        values[a] = values[b]!
        values[b] = swap
      }
    }
    return { name: tensor.name, dtype: 'F64', shape: tensor.shape, bytes: littleEndianBytes(values) }
  }
  return { ...data, id: `permuted:${seed}:${data.id}`, tensors: data.tensors.map(permuted) }
}

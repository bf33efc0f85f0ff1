/** The L0 of a model: how many of its stored numbers are not zero. −0 is zero. */
import { setImmediate } from 'node:timers/promises'
import type { Tensor } from '../../domain/sparse-model-data.js'
import { DTYPE_WIDTH } from './dtype-width.js'

const ELEMENTS_PER_TURN = 1 << 20

/** Weights are F64, F32, F16 or BF16, each zero exactly where all bits but the sign's are 0. */
export async function countNonzero(tensors: readonly Tensor[]): Promise<number> {
  let count = 0
  let seen = 0
  for (const { dtype, bytes } of tensors) {
    const width = DTYPE_WIDTH[dtype]
    for (let at = 0; at < bytes.length; at += width) {
      let bits = bytes[at + width - 1]! & 0x7f
      for (let b = 0; b < width - 1; b++) bits |= bytes[at + b]!
      if (bits !== 0) count++
      if (++seen % ELEMENTS_PER_TURN === 0) await setImmediate()
    }
  }
  return count
}

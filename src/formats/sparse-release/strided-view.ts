/** The elements of a strided view in C order. */
import { setImmediate } from 'node:timers/promises'
import { DTYPE_WIDTH, elementCount } from './dtype-width.js'
import type { PickleTensor } from './pickle-value.js'

const ELEMENTS_PER_TURN = 1 << 19

/** A view of `storage` where the elements already stand side by side, a copy elsewhere. Bounds were checked with the pickle. */
export async function contiguousBytes(storage: Uint8Array, tensor: PickleTensor): Promise<Uint8Array> {
  const { shape, strides, offset } = tensor
  const width = DTYPE_WIDTH[tensor.storage.dtype]
  const count = elementCount(shape)
  if (count === 0) return new Uint8Array(0)
  if (isContiguous(shape, strides)) return storage.subarray(offset * width, (offset + count) * width)
  const out = new Uint8Array(count * width)
  const index = new Array<number>(shape.length).fill(0)
  let from = offset
  for (let n = 0; n < count; n++) {
    for (let b = 0; b < width; b++) out[n * width + b] = storage[from * width + b]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      from -= shape[axis]! * strides[axis]!
      index[axis] = 0
    }
    if (n % ELEMENTS_PER_TURN === ELEMENTS_PER_TURN - 1) await setImmediate()
  }
  return out
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis]!
  }
  return true
}

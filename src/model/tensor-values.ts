/** The numbers of a stored tensor. Only floating types hold weights; NaN and infinities are refused at the door. */
import { InvalidInput } from '../domain/errors.js'
import { readFloat32, readFloat64 } from '../domain/little-endian.js'
import type { DType, Tensor } from '../domain/sparse-model-data.js'

const BYTES_OF: Readonly<Partial<Record<DType, number>>> = { F64: 8, F32: 4, F16: 2, BF16: 2 }

/** Bytes of one element. Throws UNSUPPORTED for a type that cannot hold weights. */
export function elementBytes(tensor: Tensor): number {
  const bytes = BYTES_OF[tensor.dtype]
  if (bytes === undefined) {
    throw new InvalidInput(
      'UNSUPPORTED',
      `tensor ${tensor.name} is stored as ${tensor.dtype}; weights are F64, F32, F16 or BF16`,
    )
  }
  return bytes
}

/**
 * The elements in C order, each exactly as stored (−0 as 0): float32 holds every F32, F16 and BF16 number.
 * Throws BAD_FILE naming tensor and position of the first NaN or infinity.
 */
export function tensorValues(tensor: Tensor): Float32Array | Float64Array {
  const count = tensor.bytes.byteLength / elementBytes(tensor)
  const values = decoded(tensor, count)
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    // −0 hashes as 0, so it must also run as 0.
    if (value === 0) values[i] = 0
    else if (value - value !== 0) {
      throw new InvalidInput(
        'BAD_FILE',
        `tensor ${tensor.name} has ${value} at element ${i}; weights are finite`,
        { path: tensor.name },
      )
    }
  }
  return values
}

function decoded(tensor: Tensor, count: number): Float32Array | Float64Array {
  if (tensor.dtype === 'F64') return readFloat64(tensor.bytes, 0, count)
  if (tensor.dtype === 'F32') return readFloat32(tensor.bytes, 0, count)
  const view = new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength)
  const values = new Float32Array(count)
  const decode = tensor.dtype === 'BF16' ? fromBfloat16 : fromFloat16
  for (let i = 0; i < count; i++) values[i] = decode(view.getUint16(2 * i, true))
  return values
}

const pun = new DataView(new ArrayBuffer(4))

/** bfloat16 is the upper half of a float32. */
function fromBfloat16(bits: number): number {
  pun.setUint32(0, bits << 16)
  return pun.getFloat32(0)
}

/** IEEE 754 half: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1_023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1_024 + fraction) * 2 ** (exponent - 25)
}

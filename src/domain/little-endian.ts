/** Typed arrays as little-endian bytes and back, whatever the platform's own order. */
export type Column = Uint8Array | Uint32Array | Float32Array | Float64Array

const HOST_IS_LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/** A view where the host is little-endian (no copy), a swapped copy elsewhere. NaN becomes the canonical quiet NaN. */
export function littleEndianBytes(column: Column): Uint8Array {
  const plain = column instanceof Float64Array ? withOneNaN(column) : column
  const bytes = new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength)
  return HOST_IS_LITTLE ? bytes : swapped(bytes, plain.BYTES_PER_ELEMENT)
}

/** Copies `length` elements that start at `offset` of `bytes` into a fresh, aligned array. */
export function readUint32(bytes: Uint8Array, offset: number, length: number): Uint32Array {
  return new Uint32Array(aligned(bytes, offset, length, 4))
}
export function readFloat64(bytes: Uint8Array, offset: number, length: number): Float64Array {
  return new Float64Array(aligned(bytes, offset, length, 8))
}
export function readFloat32(bytes: Uint8Array, offset: number, length: number): Float32Array {
  return new Float32Array(aligned(bytes, offset, length, 4))
}

function aligned(bytes: Uint8Array, offset: number, length: number, width: number): ArrayBuffer {
  // Not `bytes.slice`: a Buffer's slice is a view, and a view may be unaligned.
  const part = Uint8Array.prototype.slice.call(bytes, offset, offset + length * width)
  if (part.byteLength !== length * width)
    throw new RangeError(`bytes end at ${bytes.byteLength}, ${offset + length * width} needed`)
  return (HOST_IS_LITTLE ? part : swapped(part, width)).buffer as ArrayBuffer
}

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const out = Uint8Array.from(bytes)
  for (let i = 0; i < out.length; i += width) out.subarray(i, i + width).reverse()
  return out
}

function withOneNaN(column: Float64Array): Float64Array {
  if (!hasNaN(column)) return column
  const out = new Float64Array(column.length)
  const bits = new BigUint64Array(out.buffer)
  for (let i = 0; i < column.length; i++) {
    if (Number.isNaN(column[i]!)) bits[i] = 0x7ff8000000000000n
    else out[i] = column[i]!
  }
  return out
}

/** A plain loop: a callback per element costs ten milliseconds in a million. */
function hasNaN(column: Float64Array): boolean {
  for (let i = 0; i < column.length; i++) {
    if (Number.isNaN(column[i]!)) return true
  }
  return false
}

/**
 * Columns of whole numbers as a few bytes each: the difference to the number before, its sign in the lowest bit, seven
 * bits a byte (LEB128). Ids of one target's links stand close together, so that two bytes hold most.
 */

export function encodeDeltas(column: Uint32Array): Uint8Array {
  let out = new Uint8Array(column.length * 2 + 16)
  let end = 0
  let before = 0
  for (const number of column) {
    if (end + 5 > out.length) {
      const longer = new Uint8Array(out.length * 2)
      longer.set(out)
      out = longer
    }
    const delta = number - before
    before = number
    let rest = delta < 0 ? -2 * delta - 1 : 2 * delta
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) out[end++] = (rest & 0x7f) | 0x80
    out[end++] = rest
  }
  return out.subarray(0, end)
}

/** Throws RangeError when the bytes end before `length` numbers. */
export function decodeDeltas(bytes: Uint8Array, length: number): Uint32Array {
  if (length > bytes.length) throw new RangeError(`${bytes.length} bytes cannot hold ${length} numbers`)
  const column = new Uint32Array(length)
  let at = 0
  let before = 0
  for (let i = 0; i < length; i++) {
    let sum = 0
    let scale = 1
    for (;;) {
      const byte = bytes[at++]
      if (byte === undefined) throw new RangeError(`the bytes end at number ${i} of ${length}`)
      sum += (byte & 0x7f) * scale
      if (byte < 0x80) break
      scale *= 128
    }
    before += sum % 2 === 1 ? -(sum + 1) / 2 : sum / 2
    column[i] = before
  }
  return column
}

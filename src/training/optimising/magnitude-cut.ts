/**
 * Which elements are the k largest in magnitude, without a sort. The bits of a float32 without its sign grow with its
 * magnitude, so that a threshold can be searched among whole numbers: each of three passes divides the interval that
 * holds it by 2,048 or 512, counting how many elements fall in each part, and the third leaves a single number.
 */

export interface Cut {
  /** Magnitude bits of the k-th largest element. */
  readonly bits: number
  /** How many of the elements with exactly these bits are among the k. */
  readonly atCut: number
}

const MAGNITUDE = 0x7fffffff
/** Bits of the interval's place, from the top, that the passes decide: 11 + 11 + 9 = 31. */
const SHIFTS = [20, 9, 0] as const
const parts = new Uint32Array(2_048)

/** Of the elements of `bits` (a float32 array seen as int32) that `counts` tells to count; 1 ≤ k ≤ their number. */
export function magnitudeCut(bits: Int32Array, k: number, counts: Uint8Array | null): Cut {
  let left = k
  let place = 0
  let above = 31
  for (const shift of SHIFTS) {
    const width = 1 << (above - shift)
    parts.fill(0, 0, width)
    for (let i = 0; i < bits.length; i++) {
      if (counts !== null && counts[i] === 0) continue
      const magnitude = bits[i]! & MAGNITUDE
      // A shift by 31 bits or more wraps, so the first pass, where every element counts, is told apart.
      if (above === 31 || magnitude >>> above === place) {
        const part = (magnitude >>> shift) & (width - 1)
        parts[part] = parts[part]! + 1
      }
    }
    let part = width - 1
    while (left > parts[part]!) left -= parts[part--]!
    place = place * width + part
    above = shift
  }
  return { bits: place, atCut: left }
}

/** AbsTopK over rows of float32 in host memory, in plain TypeScript: the same choices as the executor's. */

/** `kept` gets 1 and 0; gives the cut rows. 0 < k < width. */
export function absTopKRows(x: Float32Array, width: number, k: number, kept: Float32Array): Float32Array {
  const y = new Float32Array(x.length)
  for (let at = 0; at < x.length; at += width) cutRow(x, y, kept, at, width, k)
  return y
}

/** A threshold closes in from both sides until exactly k entries are above it, or nothing lies between its bounds. */
function cutRow(
  x: Float32Array,
  y: Float32Array,
  kept: Float32Array,
  at: number,
  width: number,
  k: number,
): void {
  const end = at + width
  let nonzero = 0
  let high = 0
  for (let i = at; i < end; i++) {
    const size = Math.abs(x[i]!)
    if (size > 0) nonzero++
    if (size > high) high = size
  }
  let low = 0
  let above = nonzero <= k ? nonzero : 0
  let bound = nonzero <= k ? 0 : high
  while (above !== k && nonzero > k) {
    const middle = Math.fround((low + high) / 2)
    if (middle <= low || middle >= high) break
    let count = 0
    for (let i = at; i < end; i++) if (Math.abs(x[i]!) > middle) count++
    if (count > k) low = middle
    else {
      high = middle
      above = count
      bound = middle
    }
  }
  // What is missing lies at the upper bound: it is the only float32 that is left. Among zeros it is 0 itself.
  const tied = nonzero <= k ? 0 : high
  let missing = k - above
  for (let i = at; i < end; i++) {
    const size = Math.abs(x[i]!)
    const keep = size > bound || (size === tied && missing-- > 0)
    if (keep) y[i] = x[i]!
    kept[i] = keep ? 1 : 0
  }
}

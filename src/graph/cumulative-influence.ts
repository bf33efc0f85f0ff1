/** Shares of total influence in descending order, and the value where a threshold falls (circuit-tracer, graph.py). */

/**
 * Share of all influence held by each node together with all that come before it in descending order: low means
 * important. Equal values stand in canonical order, so a node's share may depend on its place among its equals; a
 * node without influence has 1. All zeros when there is no influence at all.
 */
export function cumulativeInfluence(influence: Float64Array): Float64Array {
  const order = descending(influence)
  const total = sumInOrder(influence, order)
  const shares = new Float64Array(influence.length)
  if (total === 0) return shares
  let sum = 0
  for (const node of order) {
    sum += influence[node]!
    shares[node] = sum / total
  }
  return shares
}

/**
 * The value at which the descending cumulative share first reaches `threshold` (0…1); the least value when it never
 * does, 0 when there are none. Whatever is at least this value is kept, so ties are kept. Values are not negative.
 *
 * Only the values around the threshold are sorted: the leading 16 bits of a float64 put non-negative values into
 * classes in ascending order, whose sums tell where the share is reached. O(n) instead of a sort of millions.
 */
export function valueAtShare(values: Float64Array, threshold: number): number {
  const words = new Uint16Array(values.buffer, values.byteOffset, values.length * 4)
  const sums = new Float64Array(CLASSES)
  for (let i = 0, word = LEADING; i < values.length; i++, word += 4) sums[words[word]!]! += values[i]!
  const total = sums.reduceRight((sum, value) => sum + value, 0)
  if (total === 0) return 0
  let before = 0
  let least = CLASSES
  for (let c = CLASSES - 1; c >= 0; c--) {
    if (sums[c] === 0) continue
    least = c
    if ((before + sums[c]!) / total >= threshold) break
    before += sums[c]!
  }
  const near = valuesOfClass(values, words, least).sort()
  for (let i = near.length - 1; i > 0; i--) {
    before += near[i]!
    if (before / total >= threshold) return near[i]!
  }
  return near[0]!
}
/** Sign, exponent and four bits of the mantissa, which is the last of four words on the little-endian machines that Node runs on. */
const LEADING = 3
const CLASSES = 0x8000

function valuesOfClass(values: Float64Array, words: Uint16Array, wanted: number): Float64Array {
  let count = 0
  for (let word = LEADING; word < words.length; word += 4) count += Number(words[word] === wanted)
  const found = new Float64Array(count)
  for (let i = 0, at = 0; at < count; i++) if (words[4 * i + LEADING] === wanted) found[at++] = values[i]!
  return found
}

function descending(values: Float64Array): Uint32Array {
  return new Uint32Array(values.length).map((_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b)
}

function sumInOrder(values: Float64Array, order: Uint32Array): number {
  let sum = 0
  for (const i of order) sum += values[i]!
  return sum
}

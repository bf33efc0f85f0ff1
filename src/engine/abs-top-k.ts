/**
 * AbsTopK: per token, the k entries of largest magnitude stay unchanged, the rest become zero (Gao et al. 2025, A.1).
 * Equal magnitudes: the lower index wins. The margin |x|₍k₎ − |x|₍k+1₎ says how far the cut is from another choice:
 * the kept set is certain under perturbations smaller than half of it (algorithms.md B4). Where |x|₍k₎ is 0 the cut
 * drops nothing but zeros, every choice gives the same values, and there is no margin: sparse embeddings make such
 * cuts in every model, and a margin of 0 for them would hide the real one.
 */

/** k of a site: the released code truncates. */
export function keptCount(afrac: number, width: number): number {
  return Math.trunc(afrac * width)
}

/**
 * Cuts `width` entries of `values` from `at`, in place; gives back the margin, Infinity where nothing is cut.
 * `scratch` has room for `width` numbers. Where `kept` is given, it gets 1 at kept entries and 0 elsewhere.
 */
export function absTopK(
  values: Float64Array,
  at: number,
  width: number,
  k: number,
  scratch: Float64Array,
  kept: Uint8Array | null,
): number {
  if (k >= width || k <= 0) {
    if (k <= 0) values.fill(0, at, at + width)
    kept?.fill(k <= 0 ? 0 : 1, at, at + width)
    return Number.POSITIVE_INFINITY
  }
  let count = 0
  for (let i = at; i < at + width; i++) if (values[i] !== 0) scratch[count++] = Math.abs(values[i]!)
  const cut = count < k ? 0 : select(scratch, count, k - 1)
  let next = 0
  let above = Math.min(count, k)
  if (cut !== 0) {
    for (let i = k; i < count; i++) if (scratch[i]! > next) next = scratch[i]!
    for (let i = 0; i < k; i++) if (scratch[i] === cut) above--
  }

  let atCut = k - above
  for (let i = at; i < at + width; i++) {
    const size = Math.abs(values[i]!)
    const keep = size > cut || (size === cut && atCut-- > 0)
    if (!keep) values[i] = 0
    if (kept !== null) kept[i] = keep ? 1 : 0
  }
  return cut === 0 ? Number.POSITIVE_INFINITY : cut - next
}

/**
 * The element that stands at `place` in descending order; afterwards nothing before it is smaller and nothing behind
 * it is larger (Hoare's selection, median of three).
 */
export function select(values: Float64Array, length: number, place: number): number {
  let low = 0
  let high = length - 1
  while (low < high) {
    const pivot = medianOfThree(values[low]!, values[(low + high) >>> 1]!, values[high]!)
    let i = low
    let j = high
    while (i <= j) {
      while (values[i]! > pivot) i++
      while (values[j]! < pivot) j--
      if (i <= j) {
        const swap = values[i]!
        values[i] = values[j]!
        values[j] = swap
        i++
        j--
      }
    }
    if (place <= j) high = j
    else if (place >= i) low = i
    else break
  }
  return values[place]!
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}

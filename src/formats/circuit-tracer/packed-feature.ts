/**
 * The `feature` number of a node, into which tools pack layer and index. Cantor pairing since schema 1; index plus
 * layer times a power of ten, or the bare index, before (graph-formats.md §1.2). It exceeds 32 bits easily.
 */

/** Cantor pairing of layer and index; null where a double cannot hold it. */
export function cantorPair(layer: number, index: number): number | null {
  const [l, i] = [BigInt(layer), BigInt(index)]
  const packed = ((l + i) * (l + i + 1n)) / 2n + i
  return packed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(packed) : null
}

/** Does any known packing of this layer and index give this number? Beyond 2^53 there is nothing to hold it against. */
export function packsTo(packed: number, layer: number, index: number): boolean {
  const cantor = cantorPair(layer, index)
  if (packed === index || packed === cantor || cantor === null) return true
  for (let scale = 10; scale <= 1e15; scale *= 10) {
    if (scale > index && packed === layer * scale + index) return true
  }
  return false
}

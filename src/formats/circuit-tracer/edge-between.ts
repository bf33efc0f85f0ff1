/** Which edge of a circuit a link of its file became. */
import type { EdgeColumns } from '../../domain/graph-data.js'

/** First edge in canonical order between two nodes, by binary search among the edges of the source. */
export function edgeBetween(edges: EdgeColumns, nodeCount: number): (from: number, to: number) => number {
  const rowStart = new Uint32Array(nodeCount + 1)
  for (let e = 0; e < edges.count; e++) rowStart[edges.source[e]! + 1]!++
  for (let v = 0; v < nodeCount; v++) rowStart[v + 1]! += rowStart[v]!
  return (from, to) => {
    let low = rowStart[from]!
    let high = rowStart[from + 1]!
    while (low < high) {
      const middle = (low + high) >>> 1
      if (edges.target[middle]! < to) low = middle + 1
      else high = middle
    }
    return low
  }
}

export interface LinkColumns {
  /** Indices into the file's nodes. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  readonly weight: Float64Array
}

/**
 * The edges of those links that are not alone between their two nodes, by link. Of equal parallel links the first takes
 * the first edge.
 */
export function parallelEdges(
  edges: EdgeColumns,
  links: LinkColumns,
  ordinalOf: Uint32Array,
): Map<number, number> {
  const isParallel = (a: number, b: number): boolean =>
    edges.source[a] === edges.source[b] && edges.target[a] === edges.target[b]
  const runs = new Set<number>()
  for (let e = 1; e < edges.count; e++) {
    if (isParallel(e, e - 1)) runs.add(e - 1).add(e)
  }
  const found = new Map<number, number>()
  if (runs.size === 0) return found
  const first = edgeBetween(edges, ordinalOf.length)
  const taken = new Set<number>()
  for (let i = 0; i < links.source.length; i++) {
    let edge = first(ordinalOf[links.source[i]!]!, ordinalOf[links.target[i]!]!)
    if (!runs.has(edge)) continue
    while (taken.has(edge) || edges.weight[edge] !== links.weight[i]) edge++
    taken.add(edge)
    found.set(i, edge)
  }
  return found
}

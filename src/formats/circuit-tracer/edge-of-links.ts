/** For each link of the file its edge in the canonical order of the circuit. */
import type { EdgeColumns } from '../../domain/graph-data.js'

export interface LinkColumns {
  /** Indices into the file's nodes. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  readonly weight: Float64Array
}

/** By binary search in the sorted columns, O(links · log degree). Equal parallel links take equal edges one by one. */
export function edgeOfLinks(edges: EdgeColumns, links: LinkColumns, ordinalOf: Uint32Array): Uint32Array {
  const rowStart = new Uint32Array(ordinalOf.length + 1)
  for (let e = 0; e < edges.count; e++) rowStart[edges.source[e]! + 1]!++
  for (let v = 0; v < ordinalOf.length; v++) rowStart[v + 1]! += rowStart[v]!
  // How many of a run of equal edges are taken stands at its first.
  const taken = new Uint32Array(edges.count)
  const found = new Uint32Array(links.source.length)
  for (let i = 0; i < found.length; i++) {
    const from = ordinalOf[links.source[i]!]!
    const to = ordinalOf[links.target[i]!]!
    const weight = links.weight[i]!
    let low = rowStart[from]!
    let high = rowStart[from + 1]!
    while (low < high) {
      const middle = (low + high) >>> 1
      const isBefore =
        edges.target[middle]! < to || (edges.target[middle] === to && edges.weight[middle]! < weight)
      if (isBefore) low = middle + 1
      else high = middle
    }
    found[i] = low + taken[low]!++
  }
  return found
}

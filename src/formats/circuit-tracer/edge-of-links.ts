/** For each link of the file its edge in the canonical order of the circuit. */
import type { EdgeColumns } from '../../domain/graph-data.js'
import type { LinkEnds } from './link-ends.js'

/** By binary search in the sorted columns, O(links · log degree). Equal parallel links take equal edges one by one. */
export function edgeOfLinks(
  edges: EdgeColumns,
  ends: LinkEnds,
  weights: Float64Array,
  ordinalOf: Uint32Array,
): Uint32Array {
  const rowStart = new Uint32Array(ordinalOf.length + 1)
  for (let e = 0; e < edges.count; e++) rowStart[edges.source[e]! + 1]!++
  for (let v = 0; v < ordinalOf.length; v++) rowStart[v + 1]! += rowStart[v]!
  const taken = new Uint8Array(edges.count)
  return Uint32Array.from(ends.source, (source, i) => {
    const from = ordinalOf[source]!
    const to = ordinalOf[ends.target[i]!]!
    let low = rowStart[from]!
    let high = rowStart[from + 1]!
    while (low < high) {
      const middle = (low + high) >>> 1
      const before =
        edges.target[middle]! < to || (edges.target[middle] === to && edges.weight[middle]! < weights[i]!)
      if (before) low = middle + 1
      else high = middle
    }
    while (taken[low] === 1) low++
    taken[low] = 1
    return low
  })
}

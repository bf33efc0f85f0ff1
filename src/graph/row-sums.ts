/** What the inputs of a node are divided by to be its shares (algorithms.md A3). */
import type { CompactGraph } from './compact-graph.js'
import { ROW_SUM_FLOOR } from './row-shares.js'

const known = new WeakMap<CompactGraph, Float64Array>()

/**
 * Sum of the absolute values of all edges that enter a node, by node, never below the floor: |value| ÷ this is Â, the
 * share of an edge (`rowShares`), which questions over millions of edges need not keep. Edges are added in the order of
 * their ids; edges without a value count for nothing. O(V + E) the first time, then remembered with the graph.
 */
export function rowSums(graph: CompactGraph): Float64Array {
  const before = known.get(graph)
  if (before !== undefined) return before
  const sums = sumsOf(graph.nodeCount, graph.target, graph.weight)
  known.set(graph, sums)
  return sums
}

/** The same for columns of edges. */
export function sumsOf(nodeCount: number, target: Uint32Array, values: Float64Array): Float64Array {
  const sums = new Float64Array(nodeCount)
  for (let e = 0; e < target.length; e++) {
    const size = Math.abs(values[e]!)
    if (size > 0) sums[target[e]!]! += size
  }
  for (let v = 0; v < nodeCount; v++) sums[v] = Math.max(sums[v]!, ROW_SUM_FLOOR)
  return sums
}

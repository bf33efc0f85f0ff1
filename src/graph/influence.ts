/** Influence of every node on weighted ends, as circuit-tracer defines it (graph.py, algorithms.md A3). */
import type { CompactGraph } from './compact-graph.js'

/** What a node is to influence, pruning and scores. */
export type NodeRole = 'feature' | 'error' | 'token' | 'logit' | 'other'

/**
 * `infl = pᵀÂ + pᵀÂ² + …`, by one pass from the sinks back: infl[u] = Σ_v (infl[v] + p[v]) · Â[v, u]. O(V + E).
 * Â is |value| ÷ `sums` of the target (`rowSums`), `start` is p by node: logit probabilities, or weights that the asker
 * gives.
 */
export function nodeInfluence(
  graph: CompactGraph,
  order: Uint32Array,
  sums: Float64Array,
  start: ArrayLike<number>,
): Float64Array {
  const { target, weight, outStart, outEdge } = graph
  const influence = new Float64Array(graph.nodeCount)
  /** infl + p of the nodes that are done. */
  const reached = new Float64Array(graph.nodeCount)
  for (let done = order.length - 1; done >= 0; done--) {
    const u = order[done]!
    const end = outStart[u + 1]!
    let sum = 0
    for (let i = outStart[u]!; i < end; i++) {
      const edge = outEdge[i]!
      const v = target[edge]!
      const size = Math.abs(weight[edge]!)
      if (size > 0) sum += reached[v]! * (size / sums[v]!)
    }
    influence[u] = sum
    reached[u] = sum + start[u]!
  }
  return influence
}

/** Edge scores Â[v, u] · (infl[v] + p[v]) by edge id, 0 for edges without a value. */
export function edgeInfluence(
  { edgeCount, target, weight }: CompactGraph,
  sums: Float64Array,
  influence: Float64Array,
  start: ArrayLike<number>,
): Float64Array {
  const scores = new Float64Array(edgeCount)
  for (let e = 0; e < edgeCount; e++) {
    const v = target[e]!
    const size = Math.abs(weight[e]!)
    if (size > 0) scores[e] = (size / sums[v]!) * (influence[v]! + start[v]!)
  }
  return scores
}

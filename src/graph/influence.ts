/** Influence of every node on weighted ends, as circuit-tracer defines it (graph.py, algorithms.md A3). */
import type { CompactGraph } from './compact-graph.js'

/** What a node is to influence, pruning and scores. */
export type NodeRole = 'feature' | 'error' | 'token' | 'logit' | 'other'

/**
 * `infl = pᵀÂ + pᵀÂ² + …`, by one pass from the sinks back: infl[u] = Σ_v (infl[v] + p[v]) · Â[v, u]. O(V + E).
 * `shares` is Â by edge id (`rowShares`), `start` is p by node: logit probabilities, or weights that the asker gives.
 */
export function nodeInfluence(
  graph: CompactGraph,
  order: Uint32Array,
  shares: Float64Array,
  start: ArrayLike<number>,
): Float64Array {
  const { target, outStart, outEdge } = graph
  const influence = new Float64Array(graph.nodeCount)
  for (let done = order.length - 1; done >= 0; done--) {
    const u = order[done]!
    let sum = 0
    for (let i = outStart[u]!; i < outStart[u + 1]!; i++) {
      const edge = outEdge[i]!
      const v = target[edge]!
      const share = shares[edge]!
      if (share > 0) sum += (influence[v]! + start[v]!) * share
    }
    influence[u] = sum
  }
  return influence
}

/** Edge scores Â[v, u] · (infl[v] + p[v]) by edge id. */
export function edgeInfluence(
  graph: CompactGraph,
  shares: Float64Array,
  influence: Float64Array,
  start: ArrayLike<number>,
): Float64Array {
  const scores = new Float64Array(graph.edgeCount)
  for (let e = 0; e < scores.length; e++) {
    const v = graph.target[e]!
    const share = shares[e]!
    if (share > 0) scores[e] = share * (influence[v]! + start[v]!)
  }
  return scores
}

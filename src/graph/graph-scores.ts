/** How much of an attribution graph is explained by features rather than errors (circuit-tracer, graph.py). */
import type { CompactGraph } from './compact-graph.js'
import type { NodeRole } from './influence.js'

export interface GraphScores {
  /** Influence of tokens ÷ influence of tokens and errors, 0…1; null when neither has any. */
  readonly replacement: number | null
  /** Σ_v (1 − Σ_errors Â[v, error]) · (infl[v] + p[v]) ÷ Σ_v (infl[v] + p[v]), 0…1; null when nothing has influence. */
  readonly completeness: number | null
}

/** `sums` are `rowSums`, by which Â is |value| ÷ the sum of its target, `influence` is `nodeInfluence` of it, `start` is p. O(V + E). */
export function graphScores(
  graph: CompactGraph,
  roles: readonly NodeRole[],
  sums: Float64Array,
  influence: Float64Array,
  start: ArrayLike<number>,
): GraphScores {
  let tokens = 0
  let errors = 0
  let explained = 0
  let total = 0
  for (let v = 0; v < graph.nodeCount; v++) {
    if (roles[v] === 'token') tokens += influence[v]!
    if (roles[v] === 'error') errors += influence[v]!
    let fromErrors = 0
    for (let i = graph.inStart[v]!; i < graph.inStart[v + 1]!; i++) {
      const edge = graph.inEdge[i]!
      if (roles[graph.source[edge]!] !== 'error') continue
      const size = Math.abs(graph.weight[edge]!)
      if (size > 0) fromErrors += size / sums[v]!
    }
    const weight = influence[v]! + start[v]!
    explained += (1 - fromErrors) * weight
    total += weight
  }
  return {
    replacement: tokens + errors === 0 ? null : tokens / (tokens + errors),
    completeness: total === 0 ? null : explained / total,
  }
}

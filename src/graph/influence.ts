/** Influence of every node on weighted ends, as circuit-tracer defines it (graph.py, algorithms.md A3). */
import type { CompactGraph } from './compact-graph.js'
import { valueTraits } from './value-traits.js'

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
  const { nodeCount, outStart, outEdge, isInOrder, target, weight } = graph
  if (isInOrder && !valueTraits(weight).missing)
    return influenceOverRows(outStart, target, weight, order, sums, start).influence
  const influence = new Float64Array(nodeCount)
  /** infl + p of the nodes that are done. */
  const reached = new Float64Array(nodeCount)
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

/**
 * The same where the edges leaving u are `rowStart[u] … rowStart[u + 1]` by target and all have values; with infl + p and
 * the sum of node v at `reached[2 v]` and `reached[2 v + 1]`.
 *
 * Neighbours in the order that have no edge between them are added up side by side: then no addition waits for the one
 * before, while each row is still added in canonical order, and equals stay equal at a threshold.
 */
export function influenceOverRows(
  rowStart: Uint32Array,
  target: Uint32Array,
  values: Float64Array,
  order: Uint32Array,
  sums: Float64Array,
  start: ArrayLike<number>,
): { readonly influence: Float64Array; readonly reached: Float64Array } {
  const influence = new Float64Array(sums.length)
  const reached = new Float64Array(2 * sums.length)
  for (let v = 0; v < sums.length; v++) reached[2 * v + 1] = sums[v]!
  const note = (u: number, sum: number): void => {
    influence[u] = sum
    reached[2 * u] = sum + start[u]!
  }
  for (let done = order.length - 1; done >= 0; done--) {
    const u = order[done]!
    let i = rowStart[u]!
    const endOfU = rowStart[u + 1]!
    let sum = 0
    const t = done === 0 ? u : order[done - 1]!
    let j = rowStart[t]!
    const endOfT = rowStart[t + 1]!
    const isPair = t < u && (j === endOfT || target[j]! > u)
    let other = 0
    if (isPair) {
      for (; i < endOfU && j < endOfT; i++, j++) {
        const v = 2 * target[i]!
        const w = 2 * target[j]!
        sum += reached[v]! * (Math.abs(values[i]!) / reached[v + 1]!)
        other += reached[w]! * (Math.abs(values[j]!) / reached[w + 1]!)
      }
    }
    note(u, rest(sum, i, endOfU, target, values, reached))
    if (!isPair) continue
    note(t, rest(other, j, endOfT, target, values, reached))
    done--
  }
  return { influence, reached }
}

/** Goes on with a row. An edge is divided first: the only input of a node has a share of exactly 1. */
function rest(
  begun: number,
  from: number,
  to: number,
  target: Uint32Array,
  values: Float64Array,
  reached: Float64Array,
): number {
  let sum = begun
  for (let e = from; e < to; e++) {
    const v = 2 * target[e]!
    sum += reached[v]! * (Math.abs(values[e]!) / reached[v + 1]!)
  }
  return sum
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

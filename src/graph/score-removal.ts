/**
 * What scored edges say about removing nodes (semantics.md §1, EFFECT_SCORE: EAP, EAP-IG, MIB). A score is already
 * an effect, so scores are added and never multiplied.
 */
import type { CompactGraph } from './compact-graph.js'
import type { GraphEstimate } from './linear-effect.js'
import { distinctNodes } from './node-set.js'

/**
 * Effect of removing the set: Σ of scores over the edges that leave it (for one node, over all its outgoing edges),
 * in the unit of the scores. Null with a reason when a path leaves the set and enters it again, because its effect
 * would be counted twice, or when an edge that leaves the set is unscored.
 */
export function scoreOfRemoval(
  graph: CompactGraph,
  order: Uint32Array,
  set: Iterable<number>,
  nameOf: (node: number) => string = String,
): GraphEstimate {
  const { target, outStart, outEdge, weight } = graph
  const members = distinctNodes(set)
  const inside = new Uint8Array(graph.nodeCount)
  for (const v of members) inside[v] = 1
  /** 1 for nodes outside that a path from the set reaches. */
  const after = new Uint8Array(graph.nodeCount)
  for (const v of order) {
    if (inside[v] === 0 && after[v] === 0) continue
    for (let i = outStart[v]!; i < outStart[v + 1]!; i++) {
      const next = target[outEdge[i]!]!
      if (inside[next] === 0) after[next] = 1
      else if (after[v] === 1)
        return { effect: null, reason: `a path leaves the set and enters it again at ${nameOf(next)}` }
    }
  }
  let sum = 0
  for (const v of members) {
    for (let i = outStart[v]!; i < outStart[v + 1]!; i++) {
      const edge = outEdge[i]!
      if (inside[target[edge]!] === 1) continue
      if (Number.isNaN(weight[edge]!))
        return { effect: null, reason: `the edge from ${nameOf(v)} to ${nameOf(target[edge]!)} has no score` }
      sum += weight[edge]!
    }
  }
  return { effect: sum, reason: null }
}

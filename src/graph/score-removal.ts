/**
 * What scored edges say about removing nodes and edges (semantics.md §1, EFFECT_SCORE: EAP, EAP-IG, MIB). A score is
 * already an effect, so scores are added and never multiplied, and a path may meet what is removed only once.
 */
import type { CompactGraph } from './compact-graph.js'
import type { GraphEstimate } from './linear-model.js'
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
  const { target, outStart, outEdge } = graph
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
  const leaving = Array.from(members).flatMap((v) =>
    Array.from(outEdge.subarray(outStart[v], outStart[v + 1])).filter((edge) => inside[target[edge]!] === 0),
  )
  return sumOfScores(graph, leaving, nameOf)
}

/**
 * Effect of removing edges: the sum of their scores, in the unit of the scores. Null with a reason when a path runs
 * through two of them, because its effect would be counted twice, or when one is unscored.
 */
export function scoreOfCut(
  graph: CompactGraph,
  order: Uint32Array,
  edges: ReadonlySet<number>,
  nameOf: (node: number) => string = String,
): GraphEstimate {
  const { target, outStart, outEdge } = graph
  /** 1 for nodes that a path through a removed edge reaches. */
  const after = new Uint8Array(graph.nodeCount)
  for (const v of order) {
    for (let i = outStart[v]!; i < outStart[v + 1]!; i++) {
      const edge = outEdge[i]!
      const next = target[edge]!
      if (edges.has(edge) && after[v] === 1)
        return {
          effect: null,
          reason: `a path runs through two of the edges, the second from ${nameOf(v)} to ${nameOf(next)}`,
        }
      if (edges.has(edge) || after[v] === 1) after[next] = 1
    }
  }
  return sumOfScores(graph, edges, nameOf)
}

function sumOfScores(
  { source, target, weight }: CompactGraph,
  edges: Iterable<number>,
  nameOf: (node: number) => string,
): GraphEstimate {
  let sum = 0
  for (const edge of edges) {
    if (Number.isNaN(weight[edge]!))
      return {
        effect: null,
        reason: `the edge from ${nameOf(source[edge]!)} to ${nameOf(target[edge]!)} has no score`,
      }
    sum += weight[edge]!
  }
  return { effect: sum === 0 ? 0 : sum, reason: null }
}

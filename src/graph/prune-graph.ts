/** circuit-tracer's pruning by influence (graph.py `prune_graph`; algorithms.md A3). */
import type { CompactGraph } from './compact-graph.js'
import { valueAtShare } from './cumulative-influence.js'
import { edgeInfluence, type NodeRole, nodeInfluence } from './influence.js'
import { rowShares } from './row-shares.js'

export interface PrunedGraph {
  /** 1 for kept nodes and edges. */
  readonly keptNodes: Uint8Array
  readonly keptEdges: Uint8Array
}

/**
 * 1. Keeps nodes whose influence is at least the value at which the descending cumulative share reaches
 *    `nodeThreshold` (ties kept); tokens and logits are always kept.
 * 2. Normalises the rows of what is left again and keeps edges by their score in the same way with `edgeThreshold`.
 * 3. Drops features and errors without an outgoing edge and features without an incoming one until nothing changes;
 *    errors need no inputs.
 *
 * `start` (p) is not normalised over the kept logits. Nodes of role `other` are treated as features.
 */
export function pruneGraph(
  graph: CompactGraph,
  order: Uint32Array,
  roles: readonly NodeRole[],
  start: ArrayLike<number>,
  nodeThreshold: number,
  edgeThreshold: number,
): PrunedGraph {
  const influence = nodeInfluence(graph, order, rowShares(graph, order), start)
  const least = valueAtShare(influence, nodeThreshold)
  const keptNodes = Uint8Array.from(influence, (value, v) =>
    isAlwaysKept(roles[v]!) || value >= least ? 1 : 0,
  )
  const survives = (edge: number): boolean =>
    keptNodes[graph.source[edge]!] === 1 && keptNodes[graph.target[edge]!] === 1

  const induced: CompactGraph = {
    ...graph,
    weight: graph.weight.map((value, e) => (survives(e) && !Number.isNaN(value) ? value : 0)),
  }
  const shares = rowShares(induced, order)
  const scores = edgeInfluence(induced, shares, nodeInfluence(induced, order, shares, start), start)
  const leastScore = valueAtShare(scores, edgeThreshold)
  const keptEdges = Uint8Array.from(scores, (score, e) => (survives(e) && score >= leastScore ? 1 : 0))
  dropDeadEnds(graph, roles, keptNodes, keptEdges)
  return { keptNodes, keptEdges }
}

function isAlwaysKept(role: NodeRole): boolean {
  return role === 'token' || role === 'logit'
}

/** Peels with a work list: O(V + E) instead of whole rounds. The order of dropping does not change the result. */
function dropDeadEnds(
  graph: CompactGraph,
  roles: readonly NodeRole[],
  keptNodes: Uint8Array,
  keptEdges: Uint8Array,
): void {
  const { source, target, outStart, outEdge, inStart, inEdge } = graph
  const outputs = new Uint32Array(graph.nodeCount)
  const inputs = new Uint32Array(graph.nodeCount)
  for (let e = 0; e < graph.edgeCount; e++) {
    if (keptEdges[e] === 0) continue
    outputs[source[e]!]!++
    inputs[target[e]!]!++
  }
  const isDead = (v: number): boolean =>
    keptNodes[v] === 1 &&
    !isAlwaysKept(roles[v]!) &&
    (outputs[v] === 0 || (inputs[v] === 0 && roles[v] !== 'error'))
  const dead: number[] = []
  const check = (v: number): void => {
    if (!isDead(v)) return
    keptNodes[v] = 0
    dead.push(v)
  }
  for (let v = 0; v < graph.nodeCount; v++) check(v)
  for (let v = dead.pop(); v !== undefined; v = dead.pop()) {
    for (let i = inStart[v]!; i < inStart[v + 1]!; i++) {
      const e = inEdge[i]!
      if (keptEdges[e] === 0) continue
      keptEdges[e] = 0
      outputs[source[e]!]!--
      check(source[e]!)
    }
    for (let i = outStart[v]!; i < outStart[v + 1]!; i++) {
      const e = outEdge[i]!
      if (keptEdges[e] === 0) continue
      keptEdges[e] = 0
      inputs[target[e]!]!--
      check(target[e]!)
    }
  }
}

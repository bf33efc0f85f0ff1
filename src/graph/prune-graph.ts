/** circuit-tracer's pruning by influence (graph.py `prune_graph`; algorithms.md A3). */
import { type CompactGraph, compactGraph } from './compact-graph.js'
import { valueAtShare } from './cumulative-influence.js'
import { edgeInfluence, type NodeRole, nodeInfluence } from './influence.js'
import { rowSums } from './row-sums.js'

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
  const influence = nodeInfluence(graph, order, rowSums(graph), start)
  const least = valueAtShare(influence, nodeThreshold)
  const keptNodes = new Uint8Array(graph.nodeCount)
  for (let v = 0; v < graph.nodeCount; v++)
    keptNodes[v] = Number(isAlwaysKept(roles[v]!) || influence[v]! >= least)

  const among = edgesAmong(graph, keptNodes)
  const induced = inducedGraph(graph, among)
  const sums = rowSums(induced)
  const scores = edgeInfluence(induced, sums, nodeInfluence(induced, order, sums, start), start)
  // The pairs without an edge count as zeros, as they do in a matrix.
  const leastScore = valueAtShare(withZero(scores), edgeThreshold)
  const kept = new Uint8Array(among.length)
  for (let i = 0; i < kept.length; i++) kept[i] = Number(scores[i]! >= leastScore)
  dropDeadEnds(induced, roles, keptNodes, kept)
  const keptEdges = new Uint8Array(graph.edgeCount)
  for (let i = 0; i < kept.length; i++) keptEdges[among[i]!] = kept[i]!
  return { keptNodes, keptEdges }
}

/** Ids of the edges between kept nodes, ascending. */
function edgesAmong({ edgeCount, source, target }: CompactGraph, keptNodes: Uint8Array): Uint32Array {
  const among = new Uint32Array(edgeCount)
  let count = 0
  for (let e = 0; e < edgeCount; e++) {
    among[count] = e
    count += keptNodes[source[e]!]! & keptNodes[target[e]!]!
  }
  return among.slice(0, count)
}

/** The graph of these edges on the same nodes: edge i is the i-th of them. An edge without a value gets 0. */
function inducedGraph({ nodeCount, source, target, weight }: CompactGraph, among: Uint32Array): CompactGraph {
  const ends = [new Uint32Array(among.length), new Uint32Array(among.length)] as const
  const values = new Float64Array(among.length)
  for (let i = 0; i < among.length; i++) {
    const e = among[i]!
    ends[0][i] = source[e]!
    ends[1][i] = target[e]!
    values[i] = Number.isNaN(weight[e]!) ? 0 : weight[e]!
  }
  return compactGraph(nodeCount, ...ends, values)
}

function withZero(scores: Float64Array): Float64Array {
  const more = new Float64Array(scores.length + 1)
  more.set(scores)
  return more
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

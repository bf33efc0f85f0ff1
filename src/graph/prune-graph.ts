/** circuit-tracer's pruning by influence (graph.py `prune_graph`; algorithms.md A3). */
import type { CompactGraph } from './compact-graph.js'
import { valueAtShare } from './cumulative-influence.js'
import { influenceOverRows, type NodeRole, nodeInfluence } from './influence.js'
import { rowSums, sumsOf } from './row-sums.js'

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

  const rows = rowsAmong(graph, keptNodes)
  const scores = scoresOf(rows, order, start)
  const kept = keptOf(rows, scores, valueAtShare(scores, edgeThreshold), order, roles, keptNodes)
  const keptEdges = new Uint8Array(graph.edgeCount)
  dropUnfed(rows, order, roles, keptNodes, kept, keptEdges)
  return { keptNodes, keptEdges }
}

/** What is left of a graph: edges leaving u are `rowStart[u] … rowStart[u + 1]`. */
interface RowsLeft {
  readonly rowStart: Uint32Array
  /** Edge ids in the whole graph. */
  readonly edge: Uint32Array
  readonly target: Uint32Array
  /** Absolute values, 0 for an edge without one, and room for one number more. */
  readonly values: Float64Array
}

/** The edges between kept nodes, by target. */
function rowsAmong(graph: CompactGraph, keptNodes: Uint8Array): RowsLeft {
  const { nodeCount, outStart, outEdge, isInOrder, target, weight } = graph
  let room = 1
  for (let u = 0; u < nodeCount; u++) if (keptNodes[u] === 1) room += outStart[u + 1]! - outStart[u]!
  const rowStart = new Uint32Array(nodeCount + 1)
  // Memory is touched only where something stays.
  const edges = new Uint32Array(room)
  const targets = new Uint32Array(room)
  const values = new Float64Array(room)
  let count = 0
  for (let u = 0; u < nodeCount; u++) {
    const end = keptNodes[u] === 1 ? outStart[u + 1]! : 0
    // Every edge is written, and written over unless it is kept: cheaper than a branch that nothing foretells.
    for (let i = outStart[u]!; i < end; i++) {
      const edge = isInOrder ? i : outEdge[i]!
      const v = target[edge]!
      const value = weight[edge]!
      edges[count] = edge
      targets[count] = v
      values[count] = Number.isNaN(value) ? 0 : Math.abs(value)
      count += keptNodes[v]!
    }
    rowStart[u + 1] = count
  }
  return {
    rowStart,
    edge: edges.subarray(0, count),
    target: targets.subarray(0, count),
    values: values.subarray(0, count + 1),
  }
}

/**
 * Scores of the edges by row, in place of their values, and one 0 after them: pairs without an edge count as zeros, as
 * they do in a matrix.
 */
function scoresOf(
  { rowStart, target, values }: RowsLeft,
  order: Uint32Array,
  start: ArrayLike<number>,
): Float64Array {
  const sums = sumsOf(rowStart.length - 1, target, values)
  const { reached } = influenceOverRows(rowStart, target, values, order, sums, start)
  for (let i = 0; i < target.length; i++) {
    const v = 2 * target[i]!
    values[i] = (values[i]! / reached[v + 1]!) * reached[v]!
  }
  values[target.length] = 0
  return values
}

function isAlwaysKept(role: NodeRole): boolean {
  return role === 'token' || role === 'logit'
}

/**
 * 1 for edges, by row, whose score is enough and whose target is not a dead end: against the order, nodes of no kept
 * edge are dropped.
 */
function keptOf(
  { rowStart, target }: RowsLeft,
  scores: Float64Array,
  least: number,
  order: Uint32Array,
  roles: readonly NodeRole[],
  keptNodes: Uint8Array,
): Uint8Array {
  const kept = new Uint8Array(target.length)
  for (let done = order.length - 1; done >= 0; done--) {
    const u = order[done]!
    const end = rowStart[u + 1]!
    let outputs = 0
    for (let i = rowStart[u]!; i < end; i++) {
      const isKept = Number(scores[i]! >= least) & keptNodes[target[i]!]!
      kept[i] = isKept
      outputs |= isKept
    }
    if (outputs === 0 && !isAlwaysKept(roles[u]!)) keptNodes[u] = 0
  }
  return kept
}

/**
 * Along the order, drops features without an incoming edge and tells the edges that stay. This makes no new dead ends:
 * what a dropped node is taken from are nodes that read from it, never nodes that it reads from.
 */
function dropUnfed(
  { rowStart, target, edge }: RowsLeft,
  order: Uint32Array,
  roles: readonly NodeRole[],
  keptNodes: Uint8Array,
  kept: Uint8Array,
  keptEdges: Uint8Array,
): void {
  const isFed = new Uint8Array(keptNodes.length)
  for (const u of order) {
    if (isFed[u] === 0 && !isAlwaysKept(roles[u]!) && roles[u] !== 'error') keptNodes[u] = 0
    const end = keptNodes[u] === 1 ? rowStart[u + 1]! : 0
    for (let i = rowStart[u]!; i < end; i++) {
      isFed[target[i]!]! |= kept[i]!
      keptEdges[edge[i]!] = kept[i]!
    }
  }
}

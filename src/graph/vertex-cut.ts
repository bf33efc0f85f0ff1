/** The fewest inner nodes that all paths need, and disjoint paths (algorithms.md A4; Menger 1927). */
import type { CompactGraph } from './compact-graph.js'
import { distinctNodes, nodeSet } from './node-set.js'
import { UNBOUNDED, UnitFlow } from './unit-flow.js'

export interface VertexCut {
  /** A smallest set of inner nodes that every path with an inner node meets, ascending: the one nearest to the sources. */
  readonly cut: readonly number[]
  /** Is no path left without the cut? False where some path has no inner node: then no set of inner nodes does it. */
  readonly separates: boolean
  /** Edges that end a path without inner nodes. */
  readonly directLinks: number
  /** As many paths as the cut has nodes, as edge ids, no two with an inner node in common; by their nodes, ascending. */
  readonly disjointPaths: readonly (readonly number[])[]
}

/**
 * Inner nodes, all but the ends and what `uncuttable` marks, have capacity 1: an entry and an exit joined by one unit.
 * The others have no bound but stand twice in the network, before and after the first inner node, so that paths
 * without one, whose flow would be infinite, stay out of it.
 */
export function vertexCut(
  graph: CompactGraph,
  sources: Iterable<number>,
  sinks: Iterable<number>,
  uncuttable: Uint8Array | null = null,
): VertexCut {
  const { nodeCount, source, target } = graph
  const from = distinctNodes(sources)
  const to = distinctNodes(sinks)
  const isSink = nodeSet(nodeCount, to)
  const unbounded = withoutBound(graph, from, to, uncuttable)
  const before = reachedWithoutInner(graph, from, unbounded)

  const first = (v: number): number => 2 * v
  const second = (v: number): number => 2 * v + 1
  const start = 2 * nodeCount
  const end = start + 1
  const flow = new UnitFlow(end + 1)
  for (const s of from) flow.addArc(start, first(s), UNBOUNDED)
  for (const t of to) flow.addArc(second(t), end, UNBOUNDED)
  for (let v = 0; v < nodeCount; v++) if (unbounded[v] === 0) flow.addArc(first(v), second(v), 1)
  /** Edge by pair of arcs. */
  const edgeOf = new Int32Array(from.length + to.length + nodeCount + 2 * graph.edgeCount).fill(NO_EDGE)
  let directLinks = 0
  for (let e = 0; e < graph.edgeCount; e++) {
    const u = source[e]!
    const v = target[e]!
    if (before[u] === 1) {
      edgeOf[flow.addArc(first(u), first(v), UNBOUNDED) / 2] = e
      if (isSink[v] === 1) directLinks++
    }
    edgeOf[flow.addArc(second(u), unbounded[v] === 1 ? second(v) : first(v), UNBOUNDED) / 2] = e
  }
  flow.run(start, end)
  const cut: number[] = []
  for (let v = 0; v < nodeCount; v++) {
    if (unbounded[v] === 0 && flow.reached(first(v)) && !flow.reached(second(v))) cut.push(v)
  }
  const disjointPaths: number[][] = []
  for (let arcs = flow.takePath(start, end); arcs !== null; arcs = flow.takePath(start, end)) {
    disjointPaths.push(arcs.map((arc) => edgeOf[arc / 2]!).filter((edge) => edge !== NO_EDGE))
  }
  const separates = directLinks === 0 && !from.some((s) => isSink[s] === 1)
  disjointPaths.sort((a, b) => compareByNodes(graph, a, b))
  return { cut, separates, directLinks, disjointPaths }
}

const NO_EDGE = -1

/** 1 for nodes that no cut may hold: ends, and what is marked. */
export function withoutBound(
  graph: CompactGraph,
  sources: Iterable<number>,
  sinks: Iterable<number>,
  uncuttable: Uint8Array | null,
): Uint8Array {
  const unbounded = nodeSet(graph.nodeCount, [...sources, ...sinks])
  if (uncuttable !== null) for (let v = 0; v < graph.nodeCount; v++) if (uncuttable[v] === 1) unbounded[v] = 1
  return unbounded
}

/** Unbounded nodes that a path reaches before it meets any inner node. */
function reachedWithoutInner(graph: CompactGraph, from: Uint32Array, unbounded: Uint8Array): Uint8Array {
  const reached = nodeSet(graph.nodeCount, from)
  const stack = [...from]
  for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
    for (let i = graph.outStart[v]!; i < graph.outStart[v + 1]!; i++) {
      const next = graph.target[graph.outEdge[i]!]!
      if (unbounded[next] === 0 || reached[next] === 1) continue
      reached[next] = 1
      stack.push(next)
    }
  }
  return reached
}

/** Paths without a node in common cannot be alike; those that share ends differ inside. */
function compareByNodes(
  { source, target }: CompactGraph,
  a: readonly number[],
  b: readonly number[],
): number {
  const start = source[a[0]!]! - source[b[0]!]!
  if (start !== 0) return start
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const next = target[a[i]!]! - target[b[i]!]!
    if (next !== 0) return next
  }
  return a.length - b.length
}

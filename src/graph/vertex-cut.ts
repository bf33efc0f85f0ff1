/** The fewest inner nodes that all paths need, and disjoint paths (algorithms.md A4; Menger 1927). */
import type { CompactGraph } from './compact-graph.js'
import { distinctNodes, nodeSet } from './node-set.js'
import { UNBOUNDED, UnitFlow } from './unit-flow.js'

export interface VertexCut {
  /**
   * A smallest set of inner nodes without which no path is left, ascending: the one nearest to the sources. Null when
   * there is none, because some path has no inner node.
   */
  readonly cut: readonly number[] | null
  /** Edges that end a path without inner nodes. */
  readonly directLinks: number
  /** Most paths that share no inner node; every direct link counts as one. */
  readonly disjointPaths: number
}

/**
 * Inner nodes, all but the ends and transparent points, have capacity 1: an entry and an exit joined by one unit.
 * The others have no bound but stand twice in the network, before and after the first inner node, so that paths
 * without one, whose flow would be infinite, are counted apart.
 */
export function vertexCut(
  graph: CompactGraph,
  sources: Iterable<number>,
  sinks: Iterable<number>,
  transparent: Uint8Array | null = null,
): VertexCut {
  const { nodeCount, source, target } = graph
  const from = distinctNodes(sources)
  const to = distinctNodes(sinks)
  const isSink = nodeSet(nodeCount, to)
  const unbounded = nodeSet(nodeCount, [...from, ...to])
  for (let v = 0; v < nodeCount; v++) if (transparent?.[v] === 1) unbounded[v] = 1
  const before = reachedWithoutInner(graph, from, unbounded)

  const first = (v: number): number => 2 * v
  const second = (v: number): number => 2 * v + 1
  const start = 2 * nodeCount
  const end = start + 1
  const flow = new UnitFlow(end + 1)
  for (const s of from) flow.addArc(start, first(s), UNBOUNDED)
  for (const t of to) flow.addArc(second(t), end, UNBOUNDED)
  for (let v = 0; v < nodeCount; v++) if (unbounded[v] === 0) flow.addArc(first(v), second(v), 1)
  let directLinks = 0
  for (let e = 0; e < graph.edgeCount; e++) {
    const u = source[e]!
    const v = target[e]!
    if (before[u] === 1) {
      flow.addArc(first(u), first(v), UNBOUNDED)
      if (isSink[v] === 1) directLinks++
    }
    flow.addArc(second(u), unbounded[v] === 1 ? second(v) : first(v), UNBOUNDED)
  }
  const value = flow.run(start, end)
  const uncuttable = directLinks > 0 || from.some((s) => isSink[s] === 1)
  const cut: number[] = []
  for (let v = 0; v < nodeCount; v++) {
    if (unbounded[v] === 0 && flow.reached(first(v)) && !flow.reached(second(v))) cut.push(v)
  }
  return { cut: uncuttable ? null : cut, directLinks, disjointPaths: value + directLinks }
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

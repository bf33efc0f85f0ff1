/** The part of a graph that lies among some of its nodes. */
import { type CompactGraph, compactGraph } from './compact-graph.js'

export interface EdgesAmong {
  /** Nodes keep their numbers; every edge has the value 1. */
  readonly graph: CompactGraph
  /** Edge of the whole graph by edge of the part. */
  readonly edgeOf: Uint32Array
}

/** Edges both of whose ends are marked 1. */
export function edgesAmong(graph: CompactGraph, members: Uint8Array): EdgesAmong {
  const { nodeCount, edgeCount, source, target } = graph
  const kept: number[] = []
  for (let e = 0; e < edgeCount; e++) if (members[source[e]!] === 1 && members[target[e]!] === 1) kept.push(e)
  const edgeOf = Uint32Array.from(kept)
  return {
    graph: compactGraph(
      nodeCount,
      edgeOf.map((e) => source[e]!),
      edgeOf.map((e) => target[e]!),
      new Float64Array(edgeOf.length).fill(1),
    ),
    edgeOf,
  }
}

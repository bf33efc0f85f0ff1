/** Part of a graph as a graph of its own, in the same canonical order. */
import type { GraphData } from '../domain/graph-data.js'

export interface Induced {
  readonly graph: GraphData
  /** For each node of the part its ordinal in the graph it was taken from. */
  readonly ordinals: Uint32Array
}

/**
 * Nodes with a 1 in `keepNode`, and edges between two of them (with a 1 in `keepEdge`, where that is given). Because
 * both orders are kept, ties and sums fall as they did before.
 */
export function induceGraph(
  graph: GraphData,
  keepNode: Uint8Array,
  keepEdge: Uint8Array | null = null,
): Induced {
  const ordinals = Uint32Array.from(
    graph.nodes.filter((node) => keepNode[node.ordinal] === 1),
    (node) => node.ordinal,
  )
  const placeOf = new Int32Array(graph.nodes.length).fill(-1)
  for (const [place, ordinal] of ordinals.entries()) placeOf[ordinal] = place
  const { source, target, weight, kind, port, member, count } = graph.edges
  const kept: number[] = []
  for (let e = 0; e < count; e++) {
    if (placeOf[source[e]!]! >= 0 && placeOf[target[e]!]! >= 0 && (keepEdge === null || keepEdge[e] === 1))
      kept.push(e)
  }
  const nodes = Array.from(ordinals, (ordinal, place) => ({ ...graph.nodes[ordinal]!, ordinal: place }))
  const edges = {
    count: kept.length,
    source: Uint32Array.from(kept, (e) => placeOf[source[e]!]!),
    target: Uint32Array.from(kept, (e) => placeOf[target[e]!]!),
    weight: Float64Array.from(kept, (e) => weight[e]!),
    kind: Uint8Array.from(kept, (e) => kind[e]!),
    port: Uint8Array.from(kept, (e) => port[e]!),
    member: Uint8Array.from(kept, (e) => member[e]!),
  }
  const { source: cutFrom, edgeMeaning, model, task, prompt, maskedSites } = graph
  return { graph: { source: cutFrom, edgeMeaning, model, task, prompt, maskedSites, nodes, edges }, ordinals }
}

/** The ordinals of a part of a part, in terms of the whole. */
export function composeOrdinals(outer: Uint32Array | null, inner: Uint32Array): Uint32Array {
  return outer === null ? inner : inner.map((ordinal) => outer[ordinal]!)
}

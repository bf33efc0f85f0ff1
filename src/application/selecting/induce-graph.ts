/** Part of a graph as a graph of its own, in the same canonical order. */
import type { GraphData, Quotient } from '../../domain/graph-data.js'

export interface Induced {
  readonly graph: GraphData
  /** For each node of the part its ordinal in the graph it was taken from. */
  readonly ordinals: Uint32Array
  /** For each edge of the part its number there. */
  readonly edges: Uint32Array
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
  const isKept = (e: number): boolean =>
    placeOf[source[e]!]! >= 0 && placeOf[target[e]!]! >= 0 && (keepEdge === null || keepEdge[e] === 1)
  const kept = new Uint32Array(count).map((_, e) => e).filter(isKept)
  const nodes = Array.from(ordinals, (ordinal, place) => ({ ...graph.nodes[ordinal]!, ordinal: place }))
  const edges = {
    count: kept.length,
    source: kept.map((e) => placeOf[source[e]!]!),
    target: kept.map((e) => placeOf[target[e]!]!),
    weight: Float64Array.from(kept, (e) => weight[e]!),
    kind: Uint8Array.from(kept, (e) => kind[e]!),
    port: Uint8Array.from(kept, (e) => port[e]!),
    member: Uint8Array.from(kept, (e) => member[e]!),
  }
  const { source: cutFrom, edgeMeaning, model, task, prompt, maskedSites, quotient } = graph
  return {
    graph: {
      source: cutFrom,
      edgeMeaning,
      model,
      task,
      prompt,
      maskedSites,
      nodes,
      edges,
      ...(quotient === undefined ? {} : { quotient: inducedQuotient(quotient, ordinals, kept) }),
    },
    ordinals,
    edges: kept,
  }
}

function inducedQuotient(quotient: Quotient, nodes: Uint32Array, edges: Uint32Array): Quotient {
  const { by, nodesBehind, innerEdges, absWeight, edgesBehind } = quotient
  return {
    by,
    nodesBehind: nodes.map((node) => nodesBehind[node]!),
    innerEdges: nodes.map((node) => innerEdges[node]!),
    absWeight: Float64Array.from(edges, (edge) => absWeight[edge]!),
    edgesBehind: edges.map((edge) => edgesBehind[edge]!),
  }
}

/** A merged graph with the values of the parts that are spoken of, not of the graphs that these are parts of. */
import type { GraphData } from '../domain/graph-data.js'

export interface PlacedPart {
  readonly graph: GraphData
  /** Place of each of its nodes and edges in the merged graph. */
  readonly nodes: Uint32Array
  readonly edges: Uint32Array
}

/** Of an element that several parts have, the values of the first. O(V + E) a part. */
export function withValuesOf(merged: GraphData, parts: readonly PlacedPart[]): GraphData {
  const nodes = [...merged.nodes]
  const edges = {
    ...merged.edges,
    weight: merged.edges.weight.slice(),
    kind: merged.edges.kind.slice(),
    member: merged.edges.member.slice(),
  }
  const quotient = merged.quotient && {
    by: merged.quotient.by,
    nodesBehind: merged.quotient.nodesBehind.slice(),
    innerEdges: merged.quotient.innerEdges.slice(),
    absWeight: merged.quotient.absWeight.slice(),
    edgesBehind: merged.quotient.edgesBehind.slice(),
  }
  for (const { graph, ...places } of [...parts].reverse()) {
    for (const { ordinal, ...node } of graph.nodes) {
      const place = places.nodes[ordinal]!
      nodes[place] = { ...node, ordinal: place }
    }
    put(graph.edges.weight, places.edges, edges.weight)
    put(graph.edges.kind, places.edges, edges.kind)
    put(graph.edges.member, places.edges, edges.member)
    if (quotient === undefined || graph.quotient === undefined) continue
    put(graph.quotient.nodesBehind, places.nodes, quotient.nodesBehind)
    put(graph.quotient.innerEdges, places.nodes, quotient.innerEdges)
    put(graph.quotient.absWeight, places.edges, quotient.absWeight)
    put(graph.quotient.edgesBehind, places.edges, quotient.edgesBehind)
  }
  return quotient === undefined ? { ...merged, nodes, edges } : { ...merged, nodes, edges, quotient }
}

function put<Column extends Float64Array | Uint8Array | Uint32Array>(
  column: Column,
  places: Uint32Array,
  into: Column,
): void {
  for (let i = 0; i < places.length; i++) into[places[i]!] = column[i]!
}

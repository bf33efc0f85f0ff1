/** Part of a graph as a graph of its own, in the same canonical order. */
import type { CircuitNode, EdgeColumns, GraphData, Quotient } from '../../domain/graph-data.js'

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
  const ordinals = numbersOf(keepNode)
  const placeOf = new Int32Array(graph.nodes.length).fill(-1)
  for (let place = 0; place < ordinals.length; place++) placeOf[ordinals[place]!] = place
  const kept = keptEdges(graph.edges, placeOf, keepEdge)
  const nodes = new Array<CircuitNode>(ordinals.length)
  for (let place = 0; place < nodes.length; place++)
    nodes[place] = { ...graph.nodes[ordinals[place]!]!, ordinal: place }
  const count = kept.length
  const { edges: all } = graph
  const edges = {
    count,
    source: placed(all.source, kept, placeOf),
    target: placed(all.target, kept, placeOf),
    weight: taken(all.weight, kept, new Float64Array(count)),
    kind: taken(all.kind, kept, new Uint8Array(count)),
    port: taken(all.port, kept, new Uint8Array(count)),
    member: taken(all.member, kept, new Uint8Array(count)),
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

/** Plain loops, here and below: over millions of edges the iterating methods of typed arrays take several times as long. */
function numbersOf(keep: Uint8Array): Uint32Array {
  let count = 0
  for (let i = 0; i < keep.length; i++) count += keep[i] === 1 ? 1 : 0
  const numbers = new Uint32Array(count)
  for (let i = 0, next = 0; i < keep.length; i++) if (keep[i] === 1) numbers[next++] = i
  return numbers
}

function keptEdges(
  { source, target, count }: EdgeColumns,
  placeOf: Int32Array,
  keepEdge: Uint8Array | null,
): Uint32Array {
  const keep = new Uint8Array(count)
  for (let e = 0; e < count; e++) {
    if (placeOf[source[e]!]! >= 0 && placeOf[target[e]!]! >= 0 && (keepEdge === null || keepEdge[e] === 1))
      keep[e] = 1
  }
  return numbersOf(keep)
}

/** The values of a column at some places, in `into`. */
export function taken<Column extends Float64Array | Uint8Array | Uint32Array>(
  column: Column,
  at: ArrayLike<number>,
  into: Column,
): Column {
  for (let i = 0; i < at.length; i++) into[i] = column[at[i]!]!
  return into
}

function placed(column: Uint32Array, kept: Uint32Array, placeOf: Int32Array): Uint32Array {
  const places = new Uint32Array(kept.length)
  for (let i = 0; i < kept.length; i++) places[i] = placeOf[column[kept[i]!]!]!
  return places
}

function inducedQuotient(quotient: Quotient, nodes: Uint32Array, edges: Uint32Array): Quotient {
  const { by, nodesBehind, innerEdges, absWeight, edgesBehind } = quotient
  return {
    by,
    nodesBehind: taken(nodesBehind, nodes, new Uint32Array(nodes.length)),
    innerEdges: taken(innerEdges, nodes, new Uint32Array(nodes.length)),
    absWeight: taken(absWeight, edges, new Float64Array(edges.length)),
    edgesBehind: taken(edgesBehind, edges, new Uint32Array(edges.length)),
  }
}

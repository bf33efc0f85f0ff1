/**
 * Graphs of one model as one: nodes and edges of the same address become one, with the values of the first graph that
 * has them. It is what set algebra over several graphs is counted on.
 */
import { type CanonicalKey, compareKeys, coordinatesOf } from '../domain/canonical-order.js'
import type { CircuitNode, EdgeColumns, GraphData, Quotient } from '../domain/graph-data.js'

export interface MergedGraphs {
  readonly graph: GraphData
  /** By graph: place of each of its nodes and edges in the merged one. */
  readonly nodeOf: readonly Uint32Array[]
  readonly edgeOf: readonly Uint32Array[]
}

/** The graphs agree in model, source, edge meaning and grouping; whatever else is said of a graph is the first's. O(V + E) a graph. */
export function mergeGraphs(graphs: readonly GraphData[]): MergedGraphs {
  let merged: MergedGraphs = alone(graphs[0]!)
  for (const next of graphs.slice(1)) {
    const { graph, nodeOf, edgeOf } = mergeTwo(merged.graph, next)
    const through = (inner: Uint32Array, outer: Uint32Array): Uint32Array => inner.map((at) => outer[at]!)
    merged = {
      graph,
      nodeOf: [...merged.nodeOf.map((places) => through(places, nodeOf[0]!)), nodeOf[1]!],
      edgeOf: [...merged.edgeOf.map((places) => through(places, edgeOf[0]!)), edgeOf[1]!],
    }
  }
  return merged
}

function alone(graph: GraphData): MergedGraphs {
  const every = (count: number): Uint32Array => new Uint32Array(count).map((_, i) => i)
  return { graph, nodeOf: [every(graph.nodes.length)], edgeOf: [every(graph.edges.count)] }
}

/** By element of the merged graph: its number in the first graph, or −1; and in the second. */
class Origins {
  readonly first: Int32Array
  readonly second: Int32Array
  count = 0

  constructor(most: number) {
    this.first = new Int32Array(most)
    this.second = new Int32Array(most)
  }

  add(first: number, second: number, places: Places): void {
    if (first >= 0) places[0][first] = this.count
    if (second >= 0) places[1][second] = this.count
    this.first[this.count] = first
    this.second[this.count++] = second
  }
}

function mergeTwo(a: GraphData, b: GraphData): MergedGraphs {
  const nodeOf = [new Uint32Array(a.nodes.length), new Uint32Array(b.nodes.length)] as const
  const fromNodes = mergedNodes(a.nodes, b.nodes, nodeOf)
  const edgeOf = [new Uint32Array(a.edges.count), new Uint32Array(b.edges.count)] as const
  const fromEdges = mergedEdges(a, b, nodeOf, edgeOf)
  const [x, y] = [a.edges, b.edges]
  const moved = (column: Uint32Array, places: Uint32Array): Uint32Array => column.map((node) => places[node]!)
  const { source, edgeMeaning, model, task, prompt, maskedSites } = a
  const graph: GraphData = {
    source,
    edgeMeaning,
    model,
    task,
    prompt,
    maskedSites,
    nodes: Array.from({ length: fromNodes.count }, (_, ordinal) => {
      const [first, second] = [fromNodes.first[ordinal]!, fromNodes.second[ordinal]!]
      return { ...(first >= 0 ? a.nodes[first]! : b.nodes[second]!), ordinal }
    }),
    edges: {
      count: fromEdges.count,
      source: chosen(
        moved(x.source, nodeOf[0]),
        moved(y.source, nodeOf[1]),
        fromEdges,
        new Uint32Array(fromEdges.count),
      ),
      target: chosen(
        moved(x.target, nodeOf[0]),
        moved(y.target, nodeOf[1]),
        fromEdges,
        new Uint32Array(fromEdges.count),
      ),
      weight: chosen(x.weight, y.weight, fromEdges, new Float64Array(fromEdges.count)),
      kind: chosen(x.kind, y.kind, fromEdges, new Uint8Array(fromEdges.count)),
      port: chosen(x.port, y.port, fromEdges, new Uint8Array(fromEdges.count)),
      member: chosen(x.member, y.member, fromEdges, new Uint8Array(fromEdges.count)),
    },
  }
  const quotient = mergedQuotient(a.quotient, b.quotient, fromNodes, fromEdges)
  return { graph: quotient === null ? graph : { ...graph, quotient }, nodeOf, edgeOf }
}

/** The column of the merged graph, in `into`. */
function chosen<Column extends Float64Array | Uint8Array | Uint32Array>(
  a: Column,
  b: Column,
  { first, second }: Origins,
  into: Column,
): Column {
  for (let i = 0; i < into.length; i++) into[i] = first[i]! >= 0 ? a[first[i]!]! : b[second[i]!]!
  return into
}

function mergedQuotient(
  a: Quotient | undefined,
  b: Quotient | undefined,
  nodes: Origins,
  edges: Origins,
): Quotient | null {
  if (a === undefined || b === undefined) return null
  return {
    by: a.by,
    nodesBehind: chosen(a.nodesBehind, b.nodesBehind, nodes, new Uint32Array(nodes.count)),
    innerEdges: chosen(a.innerEdges, b.innerEdges, nodes, new Uint32Array(nodes.count)),
    absWeight: chosen(a.absWeight, b.absWeight, edges, new Float64Array(edges.count)),
    edgesBehind: chosen(a.edgesBehind, b.edgesBehind, edges, new Uint32Array(edges.count)),
  }
}

type Places = readonly [Uint32Array, Uint32Array]

function keysOf(nodes: readonly CircuitNode[]): CanonicalKey[] {
  return nodes.map((node) => ({ ...coordinatesOf(node.place), text: node.address }))
}

function mergedNodes(a: readonly CircuitNode[], b: readonly CircuitNode[], places: Places): Origins {
  const origins = new Origins(a.length + b.length)
  const [x, y] = [keysOf(a), keysOf(b)]
  for (let i = 0, j = 0; i < x.length || j < y.length; ) {
    const order = i === x.length ? 1 : j === y.length ? -1 : compareKeys(x[i]!, y[j]!)
    origins.add(order <= 0 ? i : -1, order >= 0 ? j : -1, places)
    if (order <= 0) i++
    if (order >= 0) j++
  }
  return origins
}

/** Both lists lie by source and target; parallel edges of one port are matched by their number. */
function mergedEdges(a: GraphData, b: GraphData, nodeOf: Places, places: Places): Origins {
  const [x, y] = [a.edges, b.edges]
  const origins = new Origins(x.count + y.count)
  const compare = (i: number, j: number): number =>
    nodeOf[0][x.source[i]!]! - nodeOf[1][y.source[j]!]! || nodeOf[0][x.target[i]!]! - nodeOf[1][y.target[j]!]!
  for (let i = 0, j = 0; i < x.count || j < y.count; ) {
    const order = i === x.count ? 1 : j === y.count ? -1 : compare(i, j)
    const iEnd = order <= 0 ? endOfPair(x, i) : i
    const jEnd = order >= 0 ? endOfPair(y, j) : j
    const single = iEnd - i <= 1 && jEnd - j <= 1 && (iEnd === i || jEnd === j || x.port[i] === y.port[j])
    if (single) origins.add(iEnd > i ? i : -1, jEnd > j ? j : -1, places)
    else addMatched(origins, places, numbered(x.port, i, iEnd), numbered(y.port, j, jEnd))
    i = iEnd
    j = jEnd
  }
  return origins
}

/** Where the edges between the same two nodes end. */
function endOfPair({ source, target, count }: EdgeColumns, start: number): number {
  let e = start + 1
  while (e < count && source[e] === source[start] && target[e] === target[start]) e++
  return e
}

/** Edges of one pair of nodes by port, each list in canonical order. */
function numbered(port: Uint8Array, start: number, end: number): Map<number, number[]> {
  const lists = new Map<number, number[]>()
  for (let e = start; e < end; e++) lists.set(port[e]!, [...(lists.get(port[e]!) ?? []), e])
  return lists
}

function addMatched(
  origins: Origins,
  places: Places,
  a: Map<number, number[]>,
  b: Map<number, number[]>,
): void {
  for (const port of [...new Set([...a.keys(), ...b.keys()])].sort((p, q) => p - q)) {
    const [first, second] = [a.get(port) ?? [], b.get(port) ?? []]
    for (let n = 0; n < Math.max(first.length, second.length); n++)
      origins.add(first[n] ?? -1, second[n] ?? -1, places)
  }
}

/** Addresses of a graph's edges: text from columns, and back. */
import { parseEdgeAddress, printAddress, printEdgeAddress } from '../domain/address.js'
import { type EdgeColumns, type GraphData, PORT_CODES } from '../domain/graph-data.js'
import { ordinalsByAddress } from './node-selector.js'

export function edgeAddress({ nodes, edges }: GraphData, edge: number): string {
  return printEdgeAddress({
    source: nodes[edges.source[edge]!]!.place,
    target: nodes[edges.target[edge]!]!.place,
    port: PORT_CODES[edges.port[edge]!]!,
    number: parallelNumber(edges, edge),
  })
}

/** Index of the edge with this address, or null; edges lie in canonical order, so its source is found by halving. */
export function edgeByAddress(text: string, graph: GraphData): number | null {
  const { source, target, port, number } = parseEdgeAddress(text)
  const ordinals = ordinalsByAddress(graph)
  const from = ordinals.get(printAddress(source))
  const to = ordinals.get(printAddress(target))
  if (from === undefined || to === undefined) return null
  const { edges } = graph
  const code = PORT_CODES.indexOf(port)
  let low = 0
  let high = edges.count
  while (low < high) {
    const middle = (low + high) >>> 1
    const before =
      edges.source[middle]! < from || (edges.source[middle] === from && edges.target[middle]! < to)
    if (before) low = middle + 1
    else high = middle
  }
  const parallel: number[] = []
  for (let e = low; e < edges.count && edges.source[e] === from && edges.target[e] === to; e++) {
    if (edges.port[e] === code) parallel.push(e)
  }
  return parallel[(number ?? 1) - 1] ?? null
}

/** Place among parallel edges from 1, or null where it is the only one: canonical order keeps them side by side. */
function parallelNumber(edges: EdgeColumns, edge: number): number | null {
  const parallel = (other: number): boolean =>
    edges.source[other] === edges.source[edge] &&
    edges.target[other] === edges.target[edge] &&
    edges.port[other] === edges.port[edge]
  let first = edge
  while (first > 0 && parallel(first - 1)) first--
  return first === edge && !parallel(edge + 1) ? null : edge - first + 1
}

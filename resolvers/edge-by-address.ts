import { parseEdgeAddress, printAddress } from '../src/domain/address.js'
import { type GraphData, PORT_CODES } from '../src/domain/graph-data.js'
import { ordinalsByAddress } from '../src/query/node-selector.js'

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

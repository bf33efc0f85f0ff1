/**
 * A graph as JSON lines: one line of facts, one per node in canonical order, one per edge in canonical order; edges of
 * collapsed graphs say what is behind them. Made in parts, as the reader takes them.
 */
import { EDGE_KINDS, type GraphData, PORT_CODES } from '../../domain/graph-data.js'

/** Lines of a part: some 2 MB. */
const LINES = 16_384

export function graphJsonLines(
  graph: GraphData,
  facts: Readonly<Record<string, string>>,
  row: number,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly next: number | null } {
  const { nodes, edges } = graph
  const count = 1 + nodes.length + edges.count
  const end = Math.min(count, row + LINES)
  const lines: string[] = []
  for (let line = row; line < end; line++) {
    if (line === 0) lines.push(JSON.stringify({ ...facts, nodes: nodes.length, edges: edges.count }))
    else if (line <= nodes.length) lines.push(nodeLine(graph, line - 1))
    else lines.push(edgeLine(graph, line - 1 - nodes.length))
  }
  const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`)
  return { bytes, next: end < count ? end : null }
}

function nodeLine({ nodes }: GraphData, node: number): string {
  const { address, kind, label, activation, probability, sourceId } = nodes[node]!
  return JSON.stringify({ node: address, kind, label, activation, probability, sourceId })
}

function edgeLine({ nodes, edges, quotient }: GraphData, e: number): string {
  const weight = edges.weight[e]!
  return JSON.stringify({
    source: nodes[edges.source[e]!]!.address,
    target: nodes[edges.target[e]!]!.address,
    kind: EDGE_KINDS[edges.kind[e]!],
    port: PORT_CODES[edges.port[e]!],
    weight: Number.isNaN(weight) ? null : weight,
    member: edges.member[e] === 1,
    ...(quotient === undefined
      ? {}
      : { absWeight: quotient.absWeight[e], edgeCount: quotient.edgesBehind[e] }),
  })
}

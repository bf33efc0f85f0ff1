/** A graph as JSON lines: one line of facts, one per node in canonical order, one per edge in canonical order. */
import { EDGE_KINDS, type GraphData, PORT_CODES } from '../../domain/graph-data.js'

/** Lines that are joined before they are handed on. */
const LINES = 1_000

export async function* graphJsonLines(
  graph: GraphData,
  facts: Readonly<Record<string, string>>,
): AsyncIterable<Uint8Array> {
  let lines: string[] = []
  for (const line of linesOf(graph, facts)) {
    lines.push(JSON.stringify(line))
    if (lines.length < LINES) continue
    yield Buffer.from(`${lines.join('\n')}\n`)
    lines = []
  }
  if (lines.length > 0) yield Buffer.from(`${lines.join('\n')}\n`)
}

function* linesOf(graph: GraphData, facts: Readonly<Record<string, string>>): Generator<object> {
  const { nodes, edges } = graph
  yield { ...facts, nodes: nodes.length, edges: edges.count }
  for (const { address, kind, label, activation, probability, sourceId } of nodes)
    yield { node: address, kind, label, activation, probability, sourceId }
  for (let e = 0; e < edges.count; e++) {
    const weight = edges.weight[e]!
    yield {
      source: nodes[edges.source[e]!]!.address,
      target: nodes[edges.target[e]!]!.address,
      kind: EDGE_KINDS[edges.kind[e]!],
      port: PORT_CODES[edges.port[e]!],
      weight: Number.isNaN(weight) ? null : weight,
      member: edges.member[e] === 1,
    }
  }
}

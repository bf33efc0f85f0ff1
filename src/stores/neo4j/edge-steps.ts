/** A circuit's edges as relationships, grouped by their source so that each source is looked up once per batch. */
import { EDGE_KINDS, type EdgeColumns, PORT_CODES } from '../../domain/graph-data.js'
import type { LoadStep } from './load-step.js'
import { integer } from './neo4j-database.js'

const EDGES_AT_ONCE = 2_500

const CREATE_EDGES = `
UNWIND $rows AS row
MATCH (a:CircuitNode {ns: $ns, circuitId: $id, ordinal: row[0]})
UNWIND row[1] AS edge
MATCH (b:CircuitNode {ns: $ns, circuitId: $id, ordinal: edge[0]})
CREATE (a)-[:EDGE {weight: edge[1], kind: $kinds[toInteger(edge[2])], port: $ports[toInteger(edge[3])],
  member: edge[4], ordinal: edge[5]}]->(b)`

/** `kept`: ordinals in ascending order, so that edges of one source follow each other. An unscored edge has no weight. */
export function* edgeSteps(edges: EdgeColumns, nodeCount: number, kept: Uint32Array): Generator<LoadStep> {
  const { source, target, weight, kind, port, member } = edges
  const ordinals = Array.from({ length: nodeCount }, (_, ordinal) => integer(ordinal))
  for (let from = 0; from < kept.length; from += EDGES_AT_ONCE) {
    const upTo = Math.min(kept.length, from + EDGES_AT_ONCE)
    const rows: [unknown, unknown[]][] = []
    let group = -1
    for (let k = from; k < upTo; k++) {
      const e = kept[k]!
      if (source[e] !== group) {
        group = source[e]!
        rows.push([ordinals[group], []])
      }
      const w = weight[e]!
      rows
        .at(-1)![1]
        .push([
          ordinals[target[e]!],
          Number.isNaN(w) ? null : w,
          kind[e],
          port[e],
          member[e] === 1,
          integer(e),
        ])
    }
    yield {
      statements: [{ text: CREATE_EDGES, parameters: { rows, kinds: EDGE_KINDS, ports: PORT_CODES } }],
      work: upTo - from,
      edgesDone: upTo,
    }
  }
}

/** A graph as columns: the shape for machines. */
import { LimitExceeded } from '../domain/errors.js'
import { printGlobalId } from '../domain/global-id.js'
import { EDGE_KINDS, PORT_CODES } from '../domain/graph-data.js'
import type { Scores } from '../query/node-filter.js'
import { beginAnswer } from './answer-base.js'
import type { GraphColumns } from './answers.js'
import { edgesWhere } from './list-edges.js'
import type { Clock } from './ports/clock.js'
import type { ColumnsQuestion } from './questions.js'
import type { OpenGraph } from './use-cases.js'

export const MAX_COLUMN_EDGES = 200_000

/** Node addresses in canonical order; edges that pass the filter in canonical order, ends as indices into them. */
export function readColumns(
  open: OpenGraph,
  question: ColumnsQuestion,
  scores: Scores,
  clock: Clock,
): GraphColumns {
  const answered = beginAnswer(open, { ask: 'columns', ...question }, clock)
  const { nodes, edges } = open.graph
  const kept = edgesWhere(open.graph, { filter: question.edges }, scores)
  if (kept.length > MAX_COLUMN_EDGES) {
    throw new LimitExceeded(
      `columns hold at most ${MAX_COLUMN_EDGES} edges, this question has ${kept.length}`,
      {
        hint: `narrow the edge filter, or take the whole graph from its download field: /graphs/${printGlobalId(open.type, open.id)}.arrow`,
        facts: { edges: kept.length, limit: MAX_COLUMN_EDGES },
      },
    )
  }
  const column = <T>(of: (edge: number) => T): T[] => Array.from(kept, of)
  return {
    ...answered(),
    nodeAddress: nodes.map((node) => node.address),
    source: column((e) => edges.source[e]!),
    target: column((e) => edges.target[e]!),
    kind: column((e) => EDGE_KINDS[edges.kind[e]!]!),
    port: column((e) => PORT_CODES[edges.port[e]!]!),
    weight: column((e) => (Number.isNaN(edges.weight[e]!) ? null : edges.weight[e]!)),
    edgeCount: kept.length,
  }
}

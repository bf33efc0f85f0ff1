/** A graph as columns: the shape for machines. */
import { LimitExceeded } from '../domain/errors.js'
import { printGlobalId } from '../domain/global-id.js'
import type { Scores } from '../query/node-filter.js'
import { beginAnswer } from './answer-base.js'
import type { GraphColumns } from './answers.js'
import type { ColumnTexts } from './column-texts.js'
import type { Clock } from './ports/clock.js'
import type { ColumnsQuestion } from './questions.js'
import type { Asking, OpenGraph } from './use-cases.js'

export const MAX_COLUMN_EDGES = 200_000

/** Node addresses in canonical order; edges that pass the filter in canonical order, ends as indices into them. */
export function readColumns(
  open: OpenGraph,
  question: ColumnsQuestion,
  scores: Scores,
  asking: Asking,
  { clock, texts }: { readonly clock: Clock; readonly texts: ColumnTexts },
): GraphColumns {
  const answered = beginAnswer(open, { ask: 'columns', ...question }, clock)
  const { count, text } = texts.of(open, question.edges, scores)
  if (count > MAX_COLUMN_EDGES) {
    throw new LimitExceeded(`columns hold at most ${MAX_COLUMN_EDGES} edges, this question has ${count}`, {
      hint: `narrow the edge filter, or take the whole graph from its download field: /graphs/${printGlobalId(open.type, open.id)}.arrow`,
      facts: { edges: count, limit: MAX_COLUMN_EDGES },
    })
  }
  return { ...answered(), edgeCount: count, text: (column) => text(column, asking) }
}

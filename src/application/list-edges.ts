/** Edges of a graph: filtered, ordered, paged. An edge is its index into the columns. */
import type { GraphData } from '../domain/graph-data.js'
import { canonicalFilter } from '../query/canonical-filter.js'
import { questionKey } from '../query/cursor.js'
import { edgePredicate } from '../query/edge-filter.js'
import type { Scores } from '../query/node-filter.js'
import type { Page } from './answers.js'
import { pageOf } from './paging.js'
import { plainJson } from './plain-json.js'
import type { EdgesQuestion } from './questions.js'
import type { OpenGraph } from './use-cases.js'

/** Indices of the page's edges. Ties keep canonical order in both directions; unscored edges are last in both. */
export function listEdges(open: OpenGraph, question: EdgesQuestion, scores: Scores): Page<number> {
  const kept = edgesWhere(open.graph, question, scores)
  const order = question.orderBy
  if (order !== null && order.field !== 'CANONICAL') {
    const { weight } = open.graph.edges
    const value = order.field === 'WEIGHT' ? (e: number) => weight[e]! : (e: number) => Math.abs(weight[e]!)
    const sign = order.direction === 'ASC' ? 1 : -1
    kept.sort((a, b) => {
      const x = value(a)
      const y = value(b)
      const unscored = Number(Number.isNaN(x)) - Number(Number.isNaN(y))
      if (unscored !== 0 || Number.isNaN(x)) return unscored || a - b
      return sign * (x - y) || a - b
    })
  } else if (order?.direction === 'DESC') kept.reverse()
  const canonical = question.filter === null ? null : canonicalFilter(question.filter)
  const key = questionKey(plainJson({ ask: 'edges', graph: open.id, filter: canonical, orderBy: order }))
  return pageOf(kept, question.page, key)
}

/** Indices of the edges that pass the filter, in canonical order. */
export function edgesWhere(
  graph: GraphData,
  { filter }: Pick<EdgesQuestion, 'filter'>,
  scores: Scores,
): Uint32Array {
  const every = new Uint32Array(graph.edges.count).map((_, e) => e)
  return filter === null ? every : every.filter(edgePredicate(filter, graph, scores))
}

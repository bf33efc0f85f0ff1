/** Nodes of a graph: filtered, ordered, paged. */

import { coordinatesOf } from '../domain/canonical-order.js'
import { compareCodePoints } from '../domain/code-point-order.js'
import type { CircuitNode } from '../domain/graph-data.js'
import { canonicalFilter } from '../query/canonical-filter.js'
import { questionKey } from '../query/cursor.js'
import { nodePredicate, type Scores, unknownScore } from '../query/node-filter.js'
import type { Page } from './answers.js'
import { pageOf } from './paging.js'
import { plainJson } from './plain-json.js'
import type { NODE_ORDER_FIELDS, NodesQuestion, OrderBy } from './questions.js'
import type { OpenGraph } from './use-cases.js'

/** Ordinals of the page's nodes. Ties keep canonical order in both directions; null is last in both. */
export function listNodes(open: OpenGraph, question: NodesQuestion, scores: Scores): Page<number> {
  const { graph } = open
  const kept =
    question.filter === null ? graph.nodes : graph.nodes.filter(nodePredicate(question.filter, graph, scores))
  const ordered = question.orderBy === null ? kept : inOrder(kept, question.orderBy, scores)
  const canonical = question.filter === null ? null : canonicalFilter(question.filter)
  const key = questionKey(
    plainJson({ ask: 'nodes', graph: open.id, filter: canonical, orderBy: question.orderBy }),
  )
  return pageOf(
    ordered.map((node) => node.ordinal),
    question.page,
    key,
  )
}

type NodeOrder = OrderBy<(typeof NODE_ORDER_FIELDS)[number]>

function inOrder(nodes: readonly CircuitNode[], order: NodeOrder, scores: Scores): CircuitNode[] {
  const sign = order.direction === 'ASC' ? 1 : -1
  const value = sortKey(order, scores)
  return [...nodes].sort((a, b) => {
    const x = value(a)
    const y = value(b)
    if (x === null || y === null) return Number(x === null) - Number(y === null) || a.ordinal - b.ordinal
    const compared = typeof x === 'string' ? compareCodePoints(x, y as string) : x - (y as number)
    return sign * compared || a.ordinal - b.ordinal
  })
}

function sortKey(order: NodeOrder, scores: Scores): (node: CircuitNode) => number | string | null {
  if (order.by.kind === 'score') {
    const values = scores.get(order.by.score)
    if (!values) throw unknownScore(order.by.score, scores)
    return (node) => values[node.ordinal] ?? null
  }
  switch (order.by.field) {
    case 'CANONICAL':
      return (node) => node.ordinal
    case 'ADDRESS':
      return (node) => node.address
    case 'LAYER':
      return (node) => coordinatesOf(node.place).layer
    case 'POSITION':
      return (node) => node.place.position
    case 'INDEX':
      return (node) => coordinatesOf(node.place).index
    case 'ACTIVATION':
      return (node) => node.activation
    case 'PROBABILITY':
      return (node) => node.probability
    case 'LABEL':
      return (node) => node.label
    default:
      return order.by.field satisfies never
  }
}

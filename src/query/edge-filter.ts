/** Filters over edges as plain data; an edge is seen by its index into the columns, never as an object. */
import { EDGE_KINDS, type EdgeKind, type GraphData, PORT_CODES } from '../domain/graph-data.js'
import {
  all,
  any,
  type ChoiceCondition,
  matchesChoice,
  matchesNumber,
  type NodeFilter,
  type NumberCondition,
  nodePredicate,
  not,
  type Scores,
} from './node-filter.js'

export interface EdgeFilter {
  readonly AND?: readonly EdgeFilter[] | null
  readonly OR?: readonly EdgeFilter[] | null
  readonly NOT?: EdgeFilter | null
  readonly kind?: ChoiceCondition<EdgeKind> | null
  readonly port?: ChoiceCondition<'Q' | 'K' | 'V'> | null
  readonly weight?: NumberCondition | null
  /** Is it part of the tool's own cut? */
  readonly member?: boolean | null
  readonly source?: NodeFilter | null
  readonly target?: NodeFilter | null
}

/** The filter as a test on edge indices of `graph`. Node conditions are evaluated once per node. */
export function edgePredicate(
  filter: EdgeFilter,
  graph: GraphData,
  scores: Scores,
): (edge: number) => boolean {
  const { edges } = graph
  const tests: ((edge: number) => boolean)[] = []
  const child = (inner: EdgeFilter): ((edge: number) => boolean) => edgePredicate(inner, graph, scores)
  if (filter.AND) tests.push(all(filter.AND.map(child)))
  if (filter.OR) tests.push(any(filter.OR.map(child)))
  if (filter.NOT) tests.push(not(child(filter.NOT)))
  const { kind, port, weight, member, source, target } = filter
  if (kind) tests.push((e) => matchesChoice(EDGE_KINDS[edges.kind[e]!]!, kind))
  if (port) tests.push((e) => matchesChoice(PORT_CODES[edges.port[e]!]!, port))
  if (weight) tests.push((e) => matchesNumber(edgeWeight(graph, e), weight))
  if (member != null) tests.push((e) => (edges.member[e] === 1) === member)
  for (const [end, column] of [
    [source, edges.source],
    [target, edges.target],
  ] as const) {
    if (!end) continue
    const test = nodePredicate(end, graph, scores)
    const passes = graph.nodes.map(test)
    tests.push((e) => passes[column[e]!]!)
  }
  return all(tests)
}

/** Weight of an edge, or null where it is unscored. */
export function edgeWeight(graph: GraphData, edge: number): number | null {
  const weight = graph.edges.weight[edge]!
  return Number.isNaN(weight) ? null : weight
}

/** A graph with some of its nodes merged; links that the architecture implies become edges of it. */
import { EDGE_KINDS } from '../../domain/graph-data.js'
import { type NodeGroups, quotientGraph } from '../../graph/quotient-graph.js'
import { visibleHops } from '../../graph/visible-hops.js'
import type { QuestionWalk } from '../question-walk.js'
import { type DerivedGraph, scoresOfPart, wholeGraph } from './derived-graph.js'

/** Scores stay with nodes that stay; a group has none. Throws NOT_MEANINGFUL naming a cycle. */
export function collapsedGraph(of: DerivedGraph, groups: NodeGroups, walk: QuestionWalk): DerivedGraph {
  const { nodes, edges, quotient } = of.graph
  const ordinalOf = new Uint32Array(walk.graph.nodeCount)
  for (const { ordinal } of nodes) ordinalOf[walk.walkNodeOf(ordinal)] = ordinal
  const hops = visibleHops(walk.graph, walk.transparent)
  const stored = hops.firstEdge.map((first, i) =>
    first === hops.lastEdge[i] ? walk.storedEdgeOf(first) : null,
  )
  const { graph, ownOrdinal } = quotientGraph(of.graph, groups, {
    source: hops.source.map((node) => ordinalOf[node]!),
    target: hops.target.map((node) => ordinalOf[node]!),
    weight: hops.value,
    absWeight: hops.value.map((value, i) => behind(quotient?.absWeight, stored[i]!) ?? Math.abs(value)),
    edgesBehind: stored.map((edge) => behind(quotient?.edgesBehind, edge) ?? 1),
    kind: hops.firstEdge.map((first, i) => EDGE_KINDS.indexOf(walk.hopOf(first, hops.lastEdge[i]!).kind)),
    member: stored.map((edge) => (edge === null ? 0 : edges.member[edge]!)),
  })
  return wholeGraph(graph, scoresOfPart(of.scores, ownOrdinal), of.operands)
}

/** What an edge that stands for others already stands for. */
function behind(column: ArrayLike<number> | undefined, edge: number | null): number | null {
  return column === undefined || edge === null ? null : column[edge]!
}

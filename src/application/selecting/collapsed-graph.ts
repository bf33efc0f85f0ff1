/** A graph with some of its nodes merged; links that the architecture implies become edges of it. */
import { EDGE_KINDS } from '../../domain/graph-data.js'
import { type NodeGroups, quotientGraph } from '../../graph/quotient-graph.js'
import { visibleHops } from '../../graph/visible-hops.js'
import type { QuestionWalk } from '../question-walk.js'
import { type DerivedGraph, scoresOfPart, wholeGraph } from './derived-graph.js'
import { taken } from './induce-graph.js'

/** Scores stay with nodes that stay; a group has none. Throws NOT_MEANINGFUL naming a cycle. */
export function collapsedGraph(of: DerivedGraph, groups: NodeGroups, walk: QuestionWalk): DerivedGraph {
  const { nodes, edges, quotient } = of.graph
  const ordinalOf = new Uint32Array(walk.graph.nodeCount)
  for (const { ordinal } of nodes) ordinalOf[walk.walkNodeOf(ordinal)] = ordinal
  const { source, target, value, firstEdge, lastEdge } = visibleHops(walk.graph, walk.transparent)
  const count = source.length
  const columns = {
    source: taken(ordinalOf, source, new Uint32Array(count)),
    target: taken(ordinalOf, target, new Uint32Array(count)),
    weight: value,
    absWeight: new Float64Array(count),
    edgesBehind: new Uint32Array(count),
    kind: new Uint8Array(count),
    member: new Uint8Array(count),
  }
  for (let hop = 0; hop < count; hop++) {
    const [first, last] = [firstEdge[hop]!, lastEdge[hop]!]
    // What an edge that stands for others already stands for, is counted on.
    const stored = first === last ? walk.storedEdgeOf(first) : null
    const size = stored === null ? undefined : quotient?.absWeight[stored]
    columns.absWeight[hop] = size ?? Math.abs(value[hop]!)
    columns.edgesBehind[hop] = (stored === null ? undefined : quotient?.edgesBehind[stored]) ?? 1
    columns.kind[hop] = first === last ? walk.kind[first]! : EDGE_KINDS.indexOf(walk.hopOf(first, last).kind)
    columns.member[hop] = stored === null ? 0 : edges.member[stored]!
  }
  const { graph, ownOrdinal } = quotientGraph(of.graph, groups, columns)
  return wholeGraph(graph, scoresOfPart(of.scores, ownOrdinal), of.operands)
}

/** What influence needs of a graph: roles of its nodes and the weights it starts from (algorithms.md A3). */
import { InvalidInput } from '../domain/errors.js'
import type { GraphData, NodeKind } from '../domain/graph-data.js'
import { type CompactGraph, compactGraph } from '../graph/compact-graph.js'
import type { NodeRole } from '../graph/influence.js'
import { topologicalOrder } from '../graph/topological-order.js'
import type { WeightedNode } from '../query/graph-expression.js'
import { ordinalAt } from '../query/node-selector.js'

export interface InfluenceSetting {
  readonly graph: CompactGraph
  readonly order: Uint32Array
  readonly roles: readonly NodeRole[]
  /** p by node: logit probabilities, or the weights that the asker gave. */
  readonly start: Float64Array
}

/** Throws NOT_MEANINGFUL where edges may not be multiplied, or where the graph has no probabilities and no weights were given. */
export function influenceSetting(data: GraphData, on: readonly WeightedNode[] | null): InfluenceSetting {
  if (data.edgeMeaning === 'EFFECT_SCORE' || data.edgeMeaning === 'UNSIGNED_IMPORTANCE') {
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `influence multiplies edges along paths, and those of this graph are ${data.edgeMeaning}`,
    )
  }
  const graph = compactGraph(data.nodes.length, data.edges.source, data.edges.target, data.edges.weight)
  const order = topologicalOrder(graph, (node) => data.nodes[node]!.address)
  return { graph, order, roles: data.nodes.map((node) => roleOf(node.kind)), start: startWeights(data, on) }
}

function startWeights(data: GraphData, on: readonly WeightedNode[] | null): Float64Array {
  if (on === null) {
    const start = Float64Array.from(data.nodes, (node) => node.probability ?? 0)
    if (start.some((weight) => weight > 0)) return start
    throw new InvalidInput('NOT_MEANINGFUL', 'this graph has no logit probabilities to weigh influence by', {
      hint: 'say on which nodes: on: [{node: "…", weight: 1}]',
    })
  }
  if (on.length === 0)
    throw new InvalidInput('BAD_INPUT', 'influence needs at least one weighted node', { path: 'on' })
  const start = new Float64Array(data.nodes.length)
  for (const [i, { node, weight }] of on.entries()) {
    if (!(Number.isFinite(weight) && weight >= 0))
      throw new InvalidInput('BAD_INPUT', `a weight is a number from 0, not ${weight}`, {
        path: `on[${i}].weight`,
      })
    start[ordinalAt(node, data, `on[${i}].node`)]! += weight
  }
  return start
}

export function roleOf(kind: NodeKind): NodeRole {
  switch (kind) {
    case 'TOKEN':
    case 'EMBED':
    case 'INPUT':
      return 'token'
    case 'LOGIT':
    case 'LOGITS':
    case 'TARGET':
      return 'logit'
    case 'ERROR':
      return 'error'
    case 'FEATURE':
      return 'feature'
    default:
      return 'other'
  }
}

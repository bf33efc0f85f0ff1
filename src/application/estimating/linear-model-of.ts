/** A stored graph as a linear network, where the meaning of its edges allows it (semantics.md §1). */
import type { EdgeMeaning } from '../../domain/edge-meaning.js'
import { InvalidInput } from '../../domain/errors.js'
import type { GraphData } from '../../domain/graph-data.js'
import { compactGraph } from '../../graph/compact-graph.js'
import type { LinearModel } from '../../graph/linear-model.js'
import { topologicalOrder } from '../../graph/topological-order.js'
import { roleOf } from '../influence-setting.js'

export function linearModelOf(data: GraphData, edges: LinearModel['edges']): LinearModel {
  const graph = compactGraph(data.nodes.length, data.edges.source, data.edges.target, data.edges.weight)
  const nameOf = (node: number): string => data.nodes[node]!.address
  return {
    graph,
    order: topologicalOrder(graph, nameOf),
    edges,
    isEnd: Uint8Array.from(data.nodes, (node) => Number(roleOf(node.kind) === 'logit')),
    activation: data.nodes.map((node) => node.activation),
    nameOf,
  }
}

const WHY: Readonly<Record<EdgeMeaning, string>> = {
  WEIGHT: 'weights say what could flow, never what does',
  UNSIGNED_IMPORTANCE: 'the tool that made them lost their sign or scale',
  EFFECT_SCORE: 'a score is an effect of one edge already and says nothing of other values',
  SCALED_CONTRIBUTION: 'they are contributions of one prompt',
  DERIVATIVE: 'they are derivatives',
}

/** The refusal of a question that edges of this meaning cannot answer. */
export function withoutMeaning(meaning: EdgeMeaning, what: string): InvalidInput {
  return new InvalidInput(
    'NOT_MEANINGFUL',
    `${what}: edges of this graph are ${meaning}, and ${WHY[meaning]}`,
  )
}

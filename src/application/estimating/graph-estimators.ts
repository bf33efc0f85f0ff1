/** What a graph without a model says about taking parts of it away, by the meaning of its edges (semantics.md §1). */
import type { GraphData } from '../../domain/graph-data.js'
import { compactGraph } from '../../graph/compact-graph.js'
import { linearEffect } from '../../graph/linear-effect.js'
import type { GraphEstimate, LinearChange } from '../../graph/linear-model.js'
import { scoreOfCut, scoreOfRemoval } from '../../graph/score-removal.js'
import { topologicalOrder } from '../../graph/topological-order.js'
import { type GraphMetric, graphMetric } from '../logit-direction.js'
import type { MetricChoice } from '../questions.js'
import { linearModelOf, withoutMeaning } from './linear-model-of.js'

/** Nodes held at a value, or edges whose readers see 0; one of the two is empty. */
export interface RemovedPart {
  readonly nodes: readonly number[]
  readonly edges: readonly number[]
}

export interface GraphEstimator {
  readonly metric: Pick<GraphMetric, 'name' | 'sign'>
  /** metric(with every node of the part at `value`) − metric(as it is), in the metric's unit. */
  readonly estimate: (part: RemovedPart, value: number) => GraphEstimate
}

/** One per metric, or a single one where the graph holds the effects on one metric. NOT_MEANINGFUL for other graphs. */
export function graphEstimators(
  data: GraphData,
  metrics: readonly MetricChoice[],
): readonly GraphEstimator[] {
  switch (data.edgeMeaning) {
    case 'SCALED_CONTRIBUTION':
    case 'DERIVATIVE': {
      const model = linearModelOf(data, data.edgeMeaning === 'DERIVATIVE' ? 'DERIVATIVE' : 'CONTRIBUTION')
      return metrics.map((choice, i) => {
        const metric = graphMetric(choice, data, `input.metrics[${i}]`)
        return { metric, estimate: (part, value) => linearEffect(model, held(part, value), metric.ends) }
      })
    }
    case 'EFFECT_SCORE':
      return [{ metric: { name: 'the scored metric', sign: null }, estimate: scoreEstimate(data) }]
    case 'WEIGHT':
    case 'UNSIGNED_IMPORTANCE':
      throw withoutMeaning(data.edgeMeaning, 'no effect can be estimated here')
    default:
      return data.edgeMeaning satisfies never
  }
}

function held({ nodes, edges }: RemovedPart, value: number): LinearChange {
  return {
    nodes: new Map(nodes.map((node) => [node, { factor: 0, added: value }])),
    edges: new Set(edges),
  }
}

function scoreEstimate(data: GraphData): GraphEstimator['estimate'] {
  const graph = compactGraph(data.nodes.length, data.edges.source, data.edges.target, data.edges.weight)
  const nameOf = (node: number): string => data.nodes[node]!.address
  const order = topologicalOrder(graph, nameOf)
  return ({ nodes, edges }) =>
    edges.length > 0
      ? scoreOfCut(graph, order, new Set(edges), nameOf)
      : scoreOfRemoval(graph, order, nodes, nameOf)
}

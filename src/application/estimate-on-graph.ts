/**
 * Ablation and attribution on graphs without a model: linear arithmetic that the edge meaning supports, always labelled
 * GRAPH_ESTIMATE and only when it was allowed (semantics.md §1).
 */
import { InvalidInput } from '../domain/errors.js'
import type { CircuitNode } from '../domain/graph-data.js'
import { compactGraph } from '../graph/compact-graph.js'
import { type GraphEstimate, type LinearModel, linearEffect } from '../graph/linear-effect.js'
import { scoreOfRemoval } from '../graph/score-removal.js'
import { topologicalOrder } from '../graph/topological-order.js'
import type { Scores } from '../query/node-filter.js'
import { selectNodes } from '../query/node-selector.js'
import { beginAnswer } from './answer-base.js'
import type { AblationAnswer, AblationReading, AttributionAnswer } from './answers.js'
import { roleOf } from './influence-setting.js'
import { type GraphMetric, graphMetric } from './logit-direction.js'
import { nodeElements } from './measuring/elements.js'
import { EFFECT_SIGN } from './measuring/metric-choice.js'
import type { Clock } from './ports/clock.js'
import type { AblationQuestion, AttributionQuestion } from './questions.js'
import { modelNotAtHand } from './sparse-setting.js'
import type { OpenGraph } from './use-cases.js'

const UNKNOWN_VALUES = 'the graph gives changes, not values: biases and pruned edges are not in it'

export function estimateAblation(
  open: OpenGraph,
  question: AblationQuestion,
  scores: Scores,
  clock: Clock,
): AblationAnswer {
  if (!question.allowEstimate) throw modelNotAtHand(open, 'ablation is measured by running the model')
  const finish = beginAnswer(open, { ask: 'ablate', ...question }, clock)
  refuseWithoutZero(question)
  const { graph } = open
  if (question.target.kind !== 'nodes')
    throw new InvalidInput(
      'UNSUPPORTED',
      'on a graph without its model nodes are ablated, not edges or paths',
      {
        path: 'input.target',
      },
    )
  const chosen = selectNodes(question.target.nodes, graph, scores)
  if (chosen.length === 0)
    throw new InvalidInput('BAD_INPUT', 'the target selects no node', { path: 'input.target' })
  const end = chosen.find((ordinal) => roleOf(graph.nodes[ordinal]!.kind) === 'logit')
  if (end !== undefined)
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `${graph.nodes[end]!.address} is an end of the graph and cannot be ablated`,
      { path: 'input.target' },
    )
  const metrics = estimators(open, question)
  const removed = (nodes: readonly number[]): readonly number[] =>
    question.mode === 'REMOVE' ? nodes : complement(open, nodes)
  const read = (nodes: readonly number[]): AblationReading[] =>
    metrics.map(({ metric, estimate }) => reading(metric, estimate(removed(nodes))))
  return {
    ...finish({ basis: 'GRAPH_ESTIMATE' }),
    readings: read(chosen),
    rows: estimatedRows(open, question, chosen, read),
    rankAgreement: [],
    replacements: [{ name: 'ZERO', reference: null, fits: [] }],
    dataSet: null,
    ignored: [],
    signConvention: EFFECT_SIGN,
    smallestMargin: null,
  }
}

function estimatedRows(
  { graph }: OpenGraph,
  { sweep }: AblationQuestion,
  chosen: readonly number[],
  read: (nodes: readonly number[]) => AblationReading[],
): AblationAnswer['rows'] {
  if (sweep.kind === 'preset' && sweep.preset === 'TOGETHER') return []
  if (sweep.kind !== 'preset' || sweep.preset !== 'EACH_NODE')
    throw new InvalidInput(
      'UNSUPPORTED',
      'on a graph without its model a sweep takes one node after another',
      {
        path: 'input.sweep',
        hint: 'sweep: {preset: EACH_NODE}',
      },
    )
  return nodeElements(chosen.map((ordinal) => graph.nodes[ordinal]!)).map((element) => ({
    kind: 'NODE' as const,
    label: element.label,
    nodes: element.nodes,
    edge: null,
    size: 1,
    layer: null,
    head: null,
    position: null,
    readings: read([element.nodes[0]!.ordinal]),
    interactions: null,
  }))
}

export function estimateAttribution(
  open: OpenGraph,
  question: AttributionQuestion,
  scores: Scores,
  clock: Clock,
): AttributionAnswer {
  const { method } = question
  const isDirect = method.kind === 'preset' && method.preset === 'DIRECT_LOGIT'
  if (!question.allowEstimate || !isDirect) {
    throw modelNotAtHand(
      open,
      isDirect
        ? 'attribution here is an estimate on the graph'
        : `${method.kind === 'preset' ? method.preset : method.kind} runs the model`,
    )
  }
  if (open.graph.edgeMeaning !== 'SCALED_CONTRIBUTION') {
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `DIRECT_LOGIT reads contributions to logits, and edges of this graph are ${open.graph.edgeMeaning}`,
    )
  }
  const finish = beginAnswer(open, { ask: 'attribute', ...question }, clock)
  const { graph } = open
  const metric = graphMetric(question.metric, graph)
  const direct = directContributions(open, metric)
  const nodes =
    question.nodes === null
      ? graph.nodes
      : selectNodes(question.nodes, graph, scores).map((ordinal) => graph.nodes[ordinal]!)
  return {
    ...finish({ basis: 'GRAPH_ESTIMATE' }),
    method: 'DIRECT_LOGIT',
    metric: metric.name,
    baseline: 'ZERO',
    baselineReference: null,
    signConvention:
      'score = −(direct contribution of the node to the metric): the change when only its own edges to the measured logits are removed; paths through other nodes are not in it',
    scores: nodes.map((node) => attributionRow(node, direct, metric)),
    cuts: [],
    value: null,
    replacedValue: null,
    steps: null,
    jumps: null,
    dataSet: null,
    smallestMargin: null,
  }
}

function attributionRow(
  node: CircuitNode,
  direct: Float64Array,
  metric: GraphMetric,
): AttributionAnswer['scores'][number] {
  const base = {
    kind: 'NODE' as const,
    label: node.address,
    node,
    edge: null,
    layer: null,
    head: null,
    position: null,
    standardError: null,
  }
  if (metric.ends.some((end) => end.node === node.ordinal))
    return { ...base, score: null, absSum: null, reason: 'the node is the end that is measured' }
  const contribution = direct[node.ordinal]!
  return { ...base, score: 0 - contribution, absSum: Math.abs(contribution), reason: null }
}

function directContributions({ graph }: OpenGraph, { ends }: GraphMetric): Float64Array {
  const { source, target, weight, count } = graph.edges
  const weightOf = new Map(ends.map((end) => [end.node, end.weight]))
  const direct = new Float64Array(graph.nodes.length)
  for (let e = 0; e < count; e++) {
    const toward = weightOf.get(target[e]!)
    if (toward !== undefined) direct[source[e]!]! += toward * weight[e]!
  }
  return direct
}

interface Estimator {
  readonly metric: Pick<GraphMetric, 'name' | 'sign'>
  readonly estimate: (removed: readonly number[]) => GraphEstimate
}

function estimators(open: OpenGraph, question: AblationQuestion): Estimator[] {
  const { graph: data } = open
  const graph = compactGraph(data.nodes.length, data.edges.source, data.edges.target, data.edges.weight)
  const nameOf = (node: number): string => data.nodes[node]!.address
  const order = topologicalOrder(graph, nameOf)
  switch (data.edgeMeaning) {
    case 'SCALED_CONTRIBUTION': {
      const isEnd = Uint8Array.from(data.nodes, (node) => Number(roleOf(node.kind) === 'logit'))
      const model: LinearModel = {
        graph,
        order,
        isEnd,
        activation: data.nodes.map((node) => node.activation),
        nameOf,
      }
      return question.metrics.map((choice) => {
        const metric = graphMetric(choice, data)
        return { metric, estimate: (removed) => linearEffect(model, removed, metric.ends) }
      })
    }
    case 'EFFECT_SCORE':
      return [
        {
          metric: { name: 'the scored metric', sign: null },
          estimate: (removed) => scoreOfRemoval(graph, order, removed, nameOf),
        },
      ]
    case 'WEIGHT':
    case 'DERIVATIVE':
    case 'UNSIGNED_IMPORTANCE':
      throw new InvalidInput(
        'NOT_MEANINGFUL',
        `edges of this graph are ${data.edgeMeaning}, from which no effect can be estimated`,
      )
    default:
      return data.edgeMeaning satisfies never
  }
}

function refuseWithoutZero(question: AblationQuestion): void {
  const other = question.replacements.find((choice) => choice.kind !== 'preset' || choice.preset !== 'ZERO')
  if (other === undefined && question.replacements.length > 0) return
  throw new InvalidInput(
    'NOT_MEANINGFUL',
    'on a graph without its model only removal (ZERO) can be estimated',
    {
      path: 'input.replacements',
      hint: 'replacements: [{preset: ZERO}]',
    },
  )
}

/** KEEP_ONLY takes away every feature and error outside the set; tokens are the prompt and stay. */
function complement({ graph }: OpenGraph, kept: readonly number[]): number[] {
  const keep = new Set(kept)
  return graph.nodes
    .filter(
      (node) => !keep.has(node.ordinal) && roleOf(node.kind) !== 'token' && roleOf(node.kind) !== 'logit',
    )
    .map((node) => node.ordinal)
}

function reading({ name, sign }: Estimator['metric'], { effect, reason }: GraphEstimate): AblationReading {
  return {
    metric: name,
    replacement: 'ZERO',
    full: null,
    ablated: null,
    empty: null,
    effect,
    importance: effect === null || sign === null ? null : effect * sign,
    faithfulness: null,
    reason: reason ?? UNKNOWN_VALUES,
    faithfulnessAboveChance: null,
    aboveChanceReason: UNKNOWN_VALUES,
    perExample: [],
    sides: [],
    spread: null,
    effectInterval: () => null,
    faithfulnessInterval: () => null,
  }
}

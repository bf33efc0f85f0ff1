/**
 * Attribution on graphs without a model: what the graph's own numbers say of each element to first order, labelled
 * GRAPH_ESTIMATE and only when it was allowed (semantics.md §1). Methods that replace and run have no meaning here.
 */
import type { EdgeMeaning } from '../../domain/edge-meaning.js'
import { InvalidInput } from '../../domain/errors.js'
import type { CircuitNode, GraphData } from '../../domain/graph-data.js'
import { linearGradient } from '../../graph/linear-gradient.js'
import type { GraphEstimate } from '../../graph/linear-model.js'
import type { Scores } from '../../query/node-filter.js'
import { beginAnswer } from '../answer-base.js'
import type { AttributionAnswer, AttributionScore } from '../answers.js'
import { roleOf } from '../influence-setting.js'
import { graphMetric } from '../logit-direction.js'
import { scoredNodes } from '../measuring/attributed-elements.js'
import { methodName } from '../measuring/attribution-method.js'
import {
  type Element,
  edgeElements,
  headElements,
  nodeElements,
  positionElements,
} from '../measuring/elements.js'
import type { Clock } from '../ports/clock.js'
import type { AttributionQuestion } from '../questions.js'
import { modelNotAtHand } from '../sparse-setting.js'
import type { OpenGraph } from '../use-cases.js'
import { graphReplacement } from './graph-replacement.js'
import { type GraphLink, linksWithin } from './graph-target.js'
import { linearModelOf, withoutMeaning } from './linear-model-of.js'

/** Scores of one answer. */
const MOST_ELEMENTS = 200_000

const SIGNS = {
  DIRECT_LOGIT:
    'score = −(direct contribution to the metric): the change when only an element’s own edges to the measured logits are removed; paths through other nodes are not in it',
  FIRST_ORDER:
    'score = metric(element replaced) − metric(as it is) to first order, over all paths of the graph, with norms, attention patterns and feature choices as they were',
  STORED:
    'score = effect of removing the element on the metric that the graph was made for, as its tool scored it; a node has the sum over its outgoing edges',
} as const

export function estimateAttribution(
  open: OpenGraph,
  question: AttributionQuestion,
  scores: Scores,
  clock: Clock,
): AttributionAnswer {
  if (!question.allowEstimate)
    throw modelNotAtHand(open, 'attribution here is an estimate on the graph', true)
  const finish = beginAnswer(open, { ask: 'attribute', ...question }, clock)
  const { graph } = open
  const { name, value } = graphReplacement(question.baseline, graph.edgeMeaning, 'input.baseline')
  const { metric, sign, scoreOf } = scorer(graph, question, value)
  const nodes = scoredNodes(question, graph, scores)
  const elements = attributedParts(graph, question, nodes)
  return {
    ...finish({ basis: 'GRAPH_ESTIMATE' }),
    method: methodName(question),
    metric,
    baseline: name,
    baselineReference: null,
    signConvention: sign,
    scores: elements.map((element) => row(element, scoreOf)),
    cuts: [],
    value: null,
    replacedValue: null,
    steps: null,
    jumps: null,
    dataSet: null,
    smallestMargin: null,
  }
}

/** Score of a node or of an edge id. */
type ScoreOf = (part: { readonly node: number } | { readonly edge: number }) => GraphEstimate

function scorer(
  graph: GraphData,
  question: AttributionQuestion,
  value: number,
): { readonly metric: string; readonly sign: string; readonly scoreOf: ScoreOf } {
  const method = checkedMethod(question, graph.edgeMeaning)
  if (graph.edgeMeaning === 'EFFECT_SCORE')
    return { metric: 'the scored metric', sign: SIGNS.STORED, scoreOf: storedScores(graph) }
  const metric = graphMetric(question.metric, graph, 'input.metric')
  const model = linearModelOf(graph, graph.edgeMeaning === 'DERIVATIVE' ? 'DERIVATIVE' : 'CONTRIBUTION')
  const isDirect = method === 'DIRECT_LOGIT'
  const gradient = linearGradient(model, metric.ends, isDirect ? 'DIRECT' : 'ALL_PATHS')
  return {
    metric: metric.name,
    sign: isDirect ? SIGNS.DIRECT_LOGIT : SIGNS.FIRST_ORDER,
    scoreOf: (part) => ('node' in part ? gradient.node(part.node, value) : gradient.edge(part.edge, value)),
  }
}

/** Methods that the meaning of the edges supports; NOT_MEANINGFUL naming them for any other. */
function checkedMethod({ method, of }: AttributionQuestion, meaning: EdgeMeaning): string {
  const name = method.kind === 'preset' ? method.preset : method.kind
  if (meaning === 'WEIGHT' || meaning === 'UNSIGNED_IMPORTANCE')
    throw withoutMeaning(meaning, 'nothing can be attributed here')
  const known =
    meaning === 'EFFECT_SCORE'
      ? ['EDGE_ATTRIBUTION_PATCHING']
      : [
          'DIRECT_LOGIT',
          'GRADIENT_TIMES_ACTIVATION',
          ...(of === 'EDGES' ? ['EDGE_ATTRIBUTION_PATCHING'] : []),
        ]
  if (known.includes(name)) return name
  throw new InvalidInput(
    'NOT_MEANINGFUL',
    name === 'EXACT_ABLATION' || name === 'shapley'
      ? `${name} replaces and runs, and an estimate on a graph is never called that`
      : `${name} is not made from edges that are ${meaning}`,
    { path: 'input.method', hint: `of ${of} here: ${known.join(', ')}` },
  )
}

function storedScores({ nodes, edges }: GraphData): ScoreOf {
  const sums = new Float64Array(nodes.length)
  for (let e = 0; e < edges.count; e++) sums[edges.source[e]!]! += edges.weight[e]!
  return (part) => {
    const score = 'node' in part ? sums[part.node]! : edges.weight[part.edge]!
    return Number.isNaN(score)
      ? { effect: null, reason: 'an edge has no score' }
      : { effect: score, reason: null }
  }
}

function attributedParts(
  graph: GraphData,
  { of }: AttributionQuestion,
  nodes: readonly CircuitNode[],
): readonly Element<GraphLink>[] {
  const elements = partsOf(graph, of, nodes)
  if (elements.length === 0)
    throw new InvalidInput('NOT_MEANINGFUL', `the graph has no ${of.toLowerCase()} among these nodes`, {
      path: 'input.of',
    })
  if (elements.length > MOST_ELEMENTS)
    throw new InvalidInput(
      'LIMIT_EXCEEDED',
      `an attribution gives at most ${MOST_ELEMENTS} scores, here are ${elements.length} ${of.toLowerCase()}`,
      { path: 'input.nodes', hint: 'choose fewer nodes' },
    )
  return elements
}

function partsOf(
  graph: GraphData,
  of: AttributionQuestion['of'],
  nodes: readonly CircuitNode[],
): readonly Element<GraphLink>[] {
  switch (of) {
    case 'NODES':
      return nodeElements(nodes)
    case 'EDGES':
      return edgeElements(linksWithin(graph, nodes))
    case 'HEADS':
      return headElements(nodes, null)
    case 'TOKENS':
      return positionElements(
        nodes.filter(({ kind }) => roleOf(kind) === 'token'),
        false,
      ).map((element) => ({ ...element, kind: 'TOKEN' }))
    default:
      return of satisfies never
  }
}

/** The sum over an element's parts; null with the reason of the first part that has none. */
function row(
  { kind, label, nodes, links, layer, head, position }: Element<GraphLink>,
  scoreOf: ScoreOf,
): AttributionScore {
  const parts = [...nodes.map(({ ordinal }) => scoreOf({ node: ordinal })), ...links.map(scoreOf)]
  const missing = parts.find(({ effect }) => effect === null)
  const sum = (of: (value: number) => number): number | null =>
    missing === undefined ? parts.reduce((total, { effect }) => total + of(effect!), 0) : null
  return {
    kind: kind as AttributionScore['kind'],
    label,
    node: kind === 'NODE' ? nodes[0]! : null,
    edge: kind === 'EDGE' ? links[0]!.edge : null,
    layer,
    head,
    position,
    score: sum((value) => value),
    absSum: sum(Math.abs),
    standardError: null,
    reason: missing?.reason ?? null,
  }
}

/**
 * The tree of a question as its canonical text spells it: names are ids, addresses and directions have one spelling,
 * sets one order, and an absent member stands for a default that is none (language.md, beginning). What has an order
 * in the answer, such as metrics and prompts, keeps it, and so does a ranking, which names elements by their labels.
 */
import type { JsonValue } from '../domain/canonical-json.js'
import type { GraphData } from '../domain/graph-data.js'
import { canonicalFilter } from '../query/canonical-filter.js'
import {
  canonicalAddress,
  canonicalDirection,
  canonicalEdgeAddress,
  canonicalSelector,
} from '../query/canonical-selector.js'
import { canonicalExpression } from '../query/expression/canonical-expression.js'
import type { LinkPolicy } from '../query/graph-expression.js'
import type { NodeSelector } from '../query/node-selector.js'
import { plainJson } from './plain-json.js'
import type {
  AblationQuestion,
  AblationTarget,
  ActivationsQuestion,
  AttributionQuestion,
  BottleneckQuestion,
  ColumnsQuestion,
  FaithfulnessQuestion,
  FlowQuestion,
  InfluenceQuestion,
  MetricChoice,
  PathEnd,
  PathRank,
  PositionChoice,
  RunQuestion,
  TaskEvaluationQuestion,
} from './questions.js'

export type AnsweredQuestion =
  | ({ readonly ask: 'paths' } & AskedPaths & { readonly first: number; readonly after: string | null })
  | ({ readonly ask: 'flow' } & FlowQuestion)
  | ({ readonly ask: 'bottlenecks' } & BottleneckQuestion)
  | ({ readonly ask: 'influence' } & InfluenceQuestion)
  | ({ readonly ask: 'columns' } & ColumnsQuestion)
  | ({ readonly ask: 'run' } & RunQuestion)
  | ({ readonly ask: 'ablate' } & AblationQuestion)
  | ({ readonly ask: 'attribute' } & AttributionQuestion)
  | ({ readonly ask: 'faithfulness' } & FaithfulnessQuestion)
  // A model has nothing outside it that could be replaced.
  | ({ readonly ask: 'evaluate' } & Omit<TaskEvaluationQuestion, 'replacement'> &
      Partial<TaskEvaluationQuestion>)
  | ({ readonly ask: 'activations'; readonly node: string } & ActivationsQuestion)
  | { readonly ask: 'tokens' | 'reads' | 'writes'; readonly node: string }

/** Without its page: what a cursor is bound to. */
export interface AskedPaths {
  readonly from: PathEnd | null
  readonly to: PathEnd | null
  readonly rankBy: PathRank
  readonly links: LinkPolicy
  /** In canonical spelling; null: every path. */
  readonly pattern: string | null
}

export function canonicalQuestion(question: AnsweredQuestion, graph: GraphData): JsonValue {
  const nodes = (selector: NodeSelector | null): JsonValue =>
    selector === null ? null : selectorText(selector, graph)
  switch (question.ask) {
    case 'paths':
      return plainJson({ ...question, ...canonicalEnds(question, graph) })
    case 'flow':
      return plainJson({ ...question, ...canonicalEnds(question, graph), via: nodes(question.via) })
    case 'bottlenecks':
      return plainJson({ ...question, ...canonicalEnds(question, graph) })
    case 'influence': {
      const on = question.on?.map(({ node, weight }) => ({ node: canonicalAddress(node), weight })) ?? null
      return plainJson({ ...question, on })
    }
    case 'columns':
      return plainJson({
        ...question,
        edges: question.edges === null ? null : canonicalFilter(question.edges),
      })
    case 'run':
      return plainJson({
        ...question,
        activations: question.activations.map(canonicalAddress),
        interventions: question.interventions.map((one) => ({
          ...one,
          at: nodes(one.at),
          positions: canonicalPositions(one.positions),
        })),
      })
    case 'ablate':
      return plainJson({
        ...question,
        target: canonicalTarget(question.target, nodes),
        positions: canonicalPositions(question.positions),
        metrics: question.metrics.map(canonicalMetric),
      })
    case 'attribute':
      return plainJson({
        ...question,
        metric: canonicalMetric(question.metric),
        nodes: nodes(question.nodes),
      })
    case 'faithfulness':
    case 'evaluate':
    case 'activations':
    case 'tokens':
    case 'reads':
    case 'writes':
      return plainJson(question)
    default:
      return question satisfies never
  }
}

export function canonicalEnds(
  { from, to }: Pick<AskedPaths, 'from' | 'to'>,
  graph: GraphData,
): { readonly from: JsonValue; readonly to: JsonValue } {
  const end = (given: PathEnd | null): JsonValue =>
    given?.kind === 'nodes'
      ? { kind: 'nodes', nodes: selectorText(given.nodes, graph) }
      : (given as JsonValue)
  return { from: end(from), to: end(to) }
}

/** The nodes that an expression gives stay out: it says itself which they are. */
function selectorText(selector: NodeSelector, graph: GraphData): JsonValue {
  return selector.kind === 'expression'
    ? { kind: 'expression', expression: canonicalExpression(selector.expression) }
    : canonicalSelector(selector, graph)
}

function canonicalTarget(
  target: AblationTarget,
  nodes: (selector: NodeSelector) => JsonValue,
): AblationTarget | object {
  switch (target.kind) {
    case 'nodes':
      return { ...target, nodes: nodes(target.nodes) }
    case 'paths':
      return { ...target, paths: target.paths.map((path) => path.map(canonicalAddress)) }
    case 'edges': {
      const { edges } = target
      return edges.kind === 'where'
        ? { ...target, edges: { ...edges, where: canonicalFilter(edges.where) } }
        : { ...target, edges: { ...edges, addresses: edges.addresses.map(canonicalEdgeAddress) } }
    }
    default:
      return target satisfies never
  }
}

/** Positions are a set, except in a range. */
function canonicalPositions(choice: PositionChoice | null): PositionChoice | null {
  const ascending = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b)
  switch (choice?.kind) {
    case 'indices':
      return { ...choice, indices: ascending(choice.indices) }
    case 'fromEnd':
      return { ...choice, offsets: ascending(choice.offsets) }
    case 'tokens':
      return { ...choice, ids: ascending(choice.ids), texts: [...new Set(choice.texts)].sort() }
    case 'range':
    case 'role':
    case undefined:
      return choice
    default:
      return choice satisfies never
  }
}

function canonicalMetric(metric: MetricChoice): MetricChoice {
  return metric.kind === 'preset' ? metric : { ...metric, direction: canonicalDirection(metric.direction) }
}

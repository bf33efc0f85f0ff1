/** Answers of questions as the schema spells them; numbers that JSON cannot hold become null. */

import type { RouteType } from '../schema/bottleneck-answer.type.js'
import type { FlowEdgeType, FlowNodeType } from '../schema/flow-answer.type.js'
import type { PathStepType, PathType } from '../schema/path-answer.type.js'
import type {
  AblationAnswer,
  AblationReading,
  AblationRow,
  AttributionAnswer,
  AttributionScore,
  BottleneckAnswer,
  FaithfulnessAnswer,
  FlowAnswer,
  FlowEdgeRow,
  FlowNodeRow,
  InfluenceAnswer,
  PathAnswer,
  PathRow,
  PathStep,
  RouteRow,
  RunAnswer,
  TaskEvaluation,
} from '../src/application/answers.js'
import type { AttributionQuestion } from '../src/application/questions.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { connectionView } from './connection-view.js'
import { EdgeView } from './edge-view.js'
import { NodeView } from './node-view.js'

export type AnswerView<Name extends string, Answer> = Omit<Answer, 'paths'> & {
  readonly __typename: Name
  readonly open: OpenGraph
}

/** Fields that take passes of their own are functions: the executor calls those that somebody selected. */
export function pathAnswerView(open: OpenGraph, answer: PathAnswer) {
  let known: ReturnType<PathAnswer['sums']> | null = null
  const sums = () => {
    known ??= answer.sums()
    return known
  }
  return {
    ...answer,
    __typename: 'PathAnswer' as const,
    open,
    coveredMass: () => sums().coveredMass,
    coveredMassReason: () => sums().coveredMassReason,
    cancellation: () => sums().cancellation,
    cancellationReason: () => sums().cancellationReason,
    paths: connectionView(answer.paths, (row) => pathView(open, row)),
  }
}

export function pathView(open: OpenGraph, row: PathRow): PathType {
  return {
    ...row,
    log2AbsProduct: finiteOrNull(row.log2AbsProduct),
    steps: row.steps.map((step) => stepView(open, step)),
    addresses: row.steps.map((step) => step.address),
    hops: [...row.hops],
  }
}

export function stepView(open: OpenGraph, { address, node }: PathStep): PathStepType {
  return { address, node: node === null ? null : new NodeView(open, node) }
}

export function flowAnswerView(open: OpenGraph, answer: FlowAnswer): AnswerView<'FlowAnswer', FlowAnswer> {
  return { ...answer, __typename: 'FlowAnswer', open }
}

/** Getters of the row stay getters. */
export function flowNodeView(open: OpenGraph, row: FlowNodeRow): FlowNodeType {
  return Object.assign(row, stepView(open, row.step))
}

export function flowEdgeView(open: OpenGraph, row: FlowEdgeRow): FlowEdgeType {
  return Object.assign(row, { source: stepView(open, row.source), target: stepView(open, row.target) })
}

/** Lists with arguments have resolvers of their own, which find their rows beside the answer. */
export function bottleneckAnswerView(open: OpenGraph, answer: BottleneckAnswer) {
  const { dominators, minimumCut, cutBesideUncuttable, disjointPaths, uncuttable, ...rest } = answer
  const { criticalPath } = rest
  return {
    ...rest,
    __typename: 'BottleneckAnswer' as const,
    open,
    rows: { dominators, minimumCut, cutBesideUncuttable, disjointPaths, uncuttable },
    criticalPath: criticalPath === null ? null : routeView(open, criticalPath),
  }
}

export function routeView(open: OpenGraph, row: RouteRow): RouteType {
  const { steps, hops, hopCount } = row
  return {
    steps: steps.map((step) => stepView(open, step)),
    addresses: steps.map((step) => step.address),
    hops: [...hops],
    hopCount,
  }
}

export function influenceAnswerView(open: OpenGraph, answer: InfluenceAnswer) {
  return {
    ...answer,
    __typename: 'InfluenceAnswer' as const,
    open,
    rows: answer.nodes,
    columns: {
      nodeAddress: answer.nodes.map(({ node }) => node.address),
      influence: answer.nodes.map(({ influence }) => influence),
      cumulative: answer.nodes.map(({ cumulative }) => cumulative),
    },
  }
}

export function runAnswerView(open: OpenGraph, answer: RunAnswer) {
  const tokens = answer.tokens.map((token, position) => ({ position, ...token }))
  const changes = answer.changes.map((change) => ({ ...change, node: new NodeView(open, change.node) }))
  return { ...answer, __typename: 'RunAnswer' as const, open, tokens, changes }
}

export function ablationAnswerView(open: OpenGraph, answer: AblationAnswer) {
  return {
    ...answer,
    __typename: 'AblationAnswer' as const,
    open,
    readings: answer.readings.map(readingView),
    sweep: answer.rows,
  }
}

/** Intervals stay functions, which GraphQL calls only where they are asked for. */
export function readingView({ perExample, ...reading }: AblationReading) {
  return {
    ...reading,
    fullPerExample: perExample.map(({ full }) => full),
    ablatedPerExample: perExample.map(({ ablated }) => ablated),
  }
}

export function ablationRowView(open: OpenGraph, row: AblationRow) {
  const nodes = row.nodes.map((node) => new NodeView(open, node))
  return {
    ...row,
    node: row.kind === 'NODE' ? nodes[0] : null,
    nodes,
    edge: row.edge === null ? null : new EdgeView(open, row.edge),
    readings: row.readings.map(readingView),
  }
}

export function attributionScoreView(open: OpenGraph, row: AttributionScore) {
  return {
    ...row,
    node: row.node === null ? null : new NodeView(open, row.node),
    edge: row.edge === null ? null : new EdgeView(open, row.edge),
  }
}

export function attributionAnswerView(
  open: OpenGraph,
  question: AttributionQuestion,
  answer: AttributionAnswer,
) {
  return {
    ...answer,
    asked: { question, answer },
    __typename: 'AttributionAnswer' as const,
    open,
    rows: answer.scores,
    columns: {
      label: answer.scores.map(({ label }) => label),
      score: answer.scores.map(({ score }) => score),
      absSum: answer.scores.map(({ absSum }) => absSum),
    },
  }
}

export function faithfulnessAnswerView(open: OpenGraph, answer: FaithfulnessAnswer) {
  return { ...answer, __typename: 'FaithfulnessAnswer' as const, open }
}

export function taskEvaluationView(open: OpenGraph, answer: TaskEvaluation) {
  return { ...answer, __typename: 'TaskEvaluation' as const, open }
}

function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null
}

/** Every question gives its answer or a Problem, so that one refused question never empties the request. */
import { type ClassType, createUnionType } from 'type-graphql'
import { AblationAnswerType } from './ablation-answer.type.js'
import { AttributionAnswerType, AttributionCheckType } from './attribution-answer.type.js'
import { BottleneckAnswerType } from './bottleneck-answer.type.js'
import { FaithfulnessAnswerType } from './faithfulness-answer.type.js'
import { FlowAnswerType } from './flow-answer.type.js'
import { GraphColumnsType } from './graph-columns.type.js'
import { InfluenceAnswerType } from './influence-answer.type.js'
import {
  CancelJobPayloadType,
  DeleteCircuitPayloadType,
  DeleteModelPayloadType,
  ImportFilesPayloadType,
  StartQuestionPayloadType,
} from './mutation-payload.type.js'
import { ChannelActivityType, ChannelPartnersType, ChannelTokensType } from './node-inside.type.js'
import { ParsedPathPatternType } from './parsed-pattern.type.js'
import { PathAnswerType } from './path-answer.type.js'
import { PatternProblemType } from './pattern-problem.type.js'
import { ProblemType } from './problem.type.js'
import { RunAnswerType } from './run-answer.type.js'
import { TaskEvaluationType } from './task-evaluation.type.js'

function resultOf<Answer extends object>(name: string, answer: ClassType<Answer>, what: string) {
  return createUnionType({
    name,
    description: `${what}, or the problem that stands in its way.`,
    types: () => [answer, ProblemType] as const,
    resolveType: (value: object) => (value as { readonly __typename: string }).__typename,
  })
}

export const GraphColumnsResult = resultOf('GraphColumnsResult', GraphColumnsType, 'A graph as columns')
/** Answers to questions that bring a pattern along. */
function patternResultOf<Answer extends object>(name: string, answer: ClassType<Answer>, what: string) {
  return createUnionType({
    name,
    description: `${what}, or the problem that stands in its way.`,
    types: () => [answer, PatternProblemType, ProblemType] as const,
    resolveType: (value: object) => (value as { readonly __typename: string }).__typename,
  })
}

export const PathResult = patternResultOf('PathResult', PathAnswerType, 'Paths')
export const ParsedPathPatternResult = patternResultOf(
  'ParsedPathPatternResult',
  ParsedPathPatternType,
  'A pattern as it is understood',
)
export const FlowResult = resultOf('FlowResult', FlowAnswerType, 'A flow')
export const BottleneckResult = resultOf('BottleneckResult', BottleneckAnswerType, 'Bottlenecks')
export const InfluenceResult = resultOf('InfluenceResult', InfluenceAnswerType, 'Influence')
export const RunResult = resultOf('RunResult', RunAnswerType, 'A run')
export const AblationResult = resultOf('AblationResult', AblationAnswerType, 'An ablation')
export const AttributionResult = resultOf('AttributionResult', AttributionAnswerType, 'An attribution')
export const FaithfulnessResult = resultOf(
  'FaithfulnessResult',
  FaithfulnessAnswerType,
  'A test of faithfulness',
)
export const TaskEvaluationResult = resultOf('TaskEvaluationResult', TaskEvaluationType, 'How a graph does')
export const AttributionCheckResult = resultOf('AttributionCheckResult', AttributionCheckType, 'A check')
export const ActivationsResult = resultOf(
  'ActivationsResult',
  ChannelActivityType,
  'Activations of a channel',
)
export const PartnersResult = resultOf('PartnersResult', ChannelPartnersType, 'The wiring of a channel')
export const TokensResult = resultOf('TokensResult', ChannelTokensType, 'The tokens of a channel')
export const ImportFilesResult = resultOf('ImportFilesResult', ImportFilesPayloadType, 'The import’s job')
export const StartQuestionResult = resultOf(
  'StartQuestionResult',
  StartQuestionPayloadType,
  'The question’s job',
)
export const DeleteCircuitResult = resultOf(
  'DeleteCircuitResult',
  DeleteCircuitPayloadType,
  'What was deleted',
)
export const DeleteModelResult = resultOf('DeleteModelResult', DeleteModelPayloadType, 'What was deleted')
export const CancelJobResult = resultOf('CancelJobResult', CancelJobPayloadType, 'The cancelled job')

export const JobAnswer = createUnionType({
  name: 'JobAnswer',
  description: 'What a question’s job answers.',
  types: () =>
    [AblationAnswerType, AttributionAnswerType, FaithfulnessAnswerType, TaskEvaluationType] as const,
  resolveType: (value: object) => (value as { readonly __typename: string }).__typename,
})

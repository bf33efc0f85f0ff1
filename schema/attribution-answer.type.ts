import { Field, Int, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { CircuitEdgeType } from './circuit-edge.type.js'
import { CircuitNodeType } from './circuit-node.type.js'
import { connectionOf } from './connection.js'
import { MeasuredDataType, ReferenceSetType } from './measured.type.js'
import { AttributedKindEnum } from './question.enum.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('AttributionScore', { simpleResolvers: true, description: 'Score of one element.' })
export class AttributionScoreType {
  @Field(() => AttributedKindEnum, { description: 'What the element is.' })
  kind!: keyof typeof AttributedKindEnum

  @Field(() => String, { description: 'Its name: an address, position 3, head(0.1).' })
  label!: string

  @Field(() => CircuitNodeType, { nullable: true, description: 'The node, where it is one.' })
  node!: CircuitNodeType | null

  @Field(() => CircuitEdgeType, { nullable: true, description: 'The edge, where it is one.' })
  edge!: CircuitEdgeType | null

  @Field(() => Int, { nullable: true, description: 'Layer of a head.' })
  layer!: number | null

  @Field(() => Int, { nullable: true, description: 'Head, where it is one.' })
  head!: number | null

  @Field(() => Int, { nullable: true, description: 'Input position, where it is one.' })
  position!: number | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Estimate (or, for EXACT_ABLATION, value) of metric(ablated) − metric(full), in the metric’s unit; null with a reason.',
  })
  score!: number | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Sum of absolute parts over positions and prompts, in the metric’s unit; null where the method has no parts.',
  })
  absSum!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'Standard error of a sampled score, in the metric’s unit; null where nothing was sampled.',
  })
  standardError!: number | null

  @Field(() => String, { nullable: true, description: 'Why the score is null.' })
  reason!: string | null
}

export const AttributionScoreConnection = connectionOf(
  'AttributionScore',
  () => AttributionScoreType,
  'attribution scores',
)

@ObjectType('AttributionCut', {
  simpleResolvers: true,
  description:
    'How well the scores of one site add up; a gap is defined per site only, since sites in series explain the same difference again.',
})
export class AttributionCutType {
  @Field(() => String, { description: 'The site, such as 0.mlp.post_act.' })
  site!: string

  @Field(() => Number, {
    nullable: true,
    description: 'Sum of the scores of its channels, in the metric’s unit.',
  })
  sum!: number | null

  @Field(() => Number, {
    nullable: true,
    description:
      'metric(all its scored channels replaced together) − metric(full), in the metric’s unit; null where it was not measured.',
  })
  trueDifference!: number | null

  @Field(() => Number, { nullable: true, description: 'trueDifference − sum, in the metric’s unit.' })
  gap!: number | null

  @Field(() => String, { nullable: true, description: 'Why a number here is null.' })
  reason!: string | null
}

@ObjectType('AttributionColumns', {
  simpleResolvers: true,
  description: 'The score of every element as columns in canonical order, the shape for programs.',
})
export class AttributionColumnsType {
  @Field(() => [String], { description: 'Name of every scored element: addresses for nodes and edges.' })
  label!: string[]

  @Field(() => [Number], { nullable: 'items', description: 'Score of every element, in the metric’s unit.' })
  score!: (number | null)[]

  @Field(() => [Number], {
    nullable: 'items',
    description: 'Sum of absolute parts of every element, in the metric’s unit.',
  })
  absSum!: (number | null)[]
}

@ObjectType('CheckedScore', { simpleResolvers: true, description: 'A score beside exact ablation.' })
export class CheckedScoreType {
  @Field(() => String, { description: 'Name of the element.' })
  label!: string

  @Field(() => Number, { description: 'Its score, in the metric’s unit.' })
  score!: number

  @Field(() => Number, { description: 'metric(ablated) − metric(full), measured, in the metric’s unit.' })
  effect!: number

  @Field(() => Number, { description: 'score − effect, in the metric’s unit.' })
  miss!: number
}

@ObjectType('AttributionCheck', {
  simpleResolvers: true,
  description: 'Scores against exact ablation of the same elements with the same replacement.',
})
export class AttributionCheckType {
  @Field(() => [CheckedScoreType], { description: 'The elements that were ablated, in the answer’s order.' })
  rows!: CheckedScoreType[]

  @Field(() => Number, {
    nullable: true,
    description:
      'Spearman’s correlation of scores and effects, −1…1; null below three rows or where one side does not vary.',
  })
  rankCorrelation!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'Share of rows with an effect whose score has its sign, 0…1; null where none has an effect.',
  })
  signAgreement!: number | null

  @Field(() => String, {
    nullable: true,
    description: 'The element with the largest miss; null without rows.',
  })
  worst!: string | null

  @Field(() => SafeInt, { description: 'Model runs that it took.' })
  evaluations!: number
}

@ObjectType('AttributionAnswer', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'How much each element contributes to a metric.',
})
export class AttributionAnswerType {
  @Field(() => String, { description: 'The method.' })
  method!: string

  @Field(() => String, { description: 'The metric.' })
  metric!: string

  @Field(() => String, { description: 'What the nodes are weighed against.' })
  baseline!: string

  @Field(() => String, { description: 'What the signs mean, in words.' })
  signConvention!: string

  @Field(() => AttributionColumnsType, { description: 'All scores at once.' })
  columns!: AttributionColumnsType

  @Field(() => [AttributionCutType], {
    description: 'One per site that holds scored nodes, in forward order.',
  })
  cuts!: AttributionCutType[]

  @Field(() => Number, {
    nullable: true,
    description: 'Metric of the clean run, mean over prompts; null in estimates.',
  })
  value!: number | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Metric with everything scored replaced together, mean over prompts; null where that is no single cut.',
  })
  replacedValue!: number | null

  @Field(() => ReferenceSetType, {
    nullable: true,
    description: 'The text behind the baseline; null where there is none.',
  })
  baselineReference!: ReferenceSetType | null

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Gradients averaged per site; null for methods without steps.',
  })
  steps!: number | null

  @Field(() => SafeInt, {
    nullable: true,
    description:
      'AbsTopK choices that changed on the way to the baseline: gradients miss such jumps, so that a gap may stay however many steps are taken. Null for methods without a way.',
  })
  jumps!: number | null

  @Field(() => MeasuredDataType, {
    nullable: true,
    description: 'What it was measured on; null in estimates.',
  })
  dataSet!: MeasuredDataType | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Smallest gap at an AbsTopK cut in any run, activation units; null where the model has none.',
  })
  smallestMargin!: number | null
}

import { Field, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { CircuitNodeType } from './circuit-node.type.js'
import { connectionOf } from './connection.js'

@ObjectType('AttributionScore', { simpleResolvers: true, description: 'Score of one node.' })
export class AttributionScoreType {
  @Field(() => CircuitNodeType, { description: 'The node.' })
  node!: CircuitNodeType

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
  description: 'How well the scores of one whole site add up; a gap is defined per site only.',
})
export class AttributionCutType {
  @Field(() => String, { description: 'The site, such as 0.mlp.post_act.' })
  site!: string

  @Field(() => Number, {
    nullable: true,
    description: 'Sum of the scores of all its channels, in the metric’s unit.',
  })
  sum!: number | null

  @Field(() => Number, {
    nullable: true,
    description:
      'metric(site replaced whole) − metric(full), in the metric’s unit; null where it was not measured.',
  })
  trueDifference!: number | null

  @Field(() => Number, { nullable: true, description: 'trueDifference − sum, in the metric’s unit.' })
  gap!: number | null

  @Field(() => String, { nullable: true, description: 'Why a number here is null.' })
  reason!: string | null
}

@ObjectType('AttributionColumns', {
  simpleResolvers: true,
  description: 'The score of every node as columns in canonical order, the shape for programs.',
})
export class AttributionColumnsType {
  @Field(() => [String], { description: 'Address of every scored node.' })
  nodeAddress!: string[]

  @Field(() => [Number], { nullable: 'items', description: 'Score of every node, in the metric’s unit.' })
  score!: (number | null)[]
}

@ObjectType('AttributionAnswer', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'How much each node contributes to a metric.',
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
      'Smallest gap at an AbsTopK cut in any run, activation units; null where the model has none.',
  })
  smallestMargin!: number | null
}

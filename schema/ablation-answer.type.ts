import { Field, Int, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { CircuitEdgeType } from './circuit-edge.type.js'
import { CircuitNodeType } from './circuit-node.type.js'
import { connectionOf } from './connection.js'
import { IntervalType, MeasuredDataType, UsedReplacementType } from './measured.type.js'
import { AblationElementKindEnum, PairSideEnum } from './question.enum.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('SideReading', { simpleResolvers: true, description: 'Means over one member of every pair.' })
export class SideReadingType {
  @Field(() => PairSideEnum, { description: 'The member.' })
  side!: keyof typeof PairSideEnum

  @Field(() => Number, { nullable: true, description: 'Metric of the background, in its unit.' })
  full!: number | null

  @Field(() => Number, { nullable: true, description: 'Metric after the ablation, in its unit.' })
  ablated!: number | null

  @Field(() => Number, { nullable: true, description: 'Metric of the empty circuit, in its unit.' })
  empty!: number | null
}

@ObjectType('AblationReading', {
  simpleResolvers: true,
  description: 'One metric under one replacement.',
})
export class AblationReadingType {
  @Field(() => String, {
    description: 'The metric: a preset’s name or a direction such as logit(5)-logit(7).',
  })
  metric!: string

  @Field(() => String, { description: 'What took the place of what was ablated.' })
  replacement!: string

  @Field(() => Number, {
    nullable: true,
    description:
      'Metric of the background as it is, mean over prompts, in the metric’s unit; null in estimates.',
  })
  full!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'Metric after the ablation, mean over prompts, in the metric’s unit; null in estimates.',
  })
  ablated!: number | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Metric with everything maskable replaced, mean over prompts, in the metric’s unit; null in estimates.',
  })
  empty!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'metric(ablated) − metric(full), in the metric’s unit; null with a reason.',
  })
  effect!: number | null

  @Field(() => IntervalType, {
    nullable: true,
    description: 'Interval of the effect; null for one example and in estimates.',
  })
  effectInterval!: IntervalType | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Effect times +1 for loss and KL, −1 for logit difference, accuracy and probability: positive means the behaviour needs what was ablated. Null for a free direction.',
  })
  importance!: number | null

  @Field(() => Number, {
    nullable: true,
    description:
      '(ablated − empty) ÷ (full − empty), never clamped: 1 is as good as full, 0 as bad as empty; null with a reason.',
  })
  faithfulness!: number | null

  @Field(() => IntervalType, {
    nullable: true,
    description:
      'Interval of the faithfulness, numerator and denominator drawn together; null as for the effect.',
  })
  faithfulnessInterval!: IntervalType | null

  @Field(() => Number, {
    nullable: true,
    description:
      '(ln 2 − loss(ablated)) ÷ (ln 2 − loss(model)): 1 is as good as the model, 0 is a guess, below 0 is worse than one. For TASK_LOSS between two answers; null with a reason.',
  })
  faithfulnessAboveChance!: number | null

  @Field(() => String, { nullable: true, description: 'Why faithfulnessAboveChance is null.' })
  aboveChanceReason!: string | null

  @Field(() => String, { nullable: true, description: 'Why another number here is null.' })
  reason!: string | null

  @Field(() => [Number], {
    nullable: 'items',
    description: 'Metric of the background on each prompt, in their order.',
  })
  fullPerExample!: (number | null)[]

  @Field(() => [Number], {
    nullable: 'items',
    description: 'Metric after the ablation on each prompt, in their order.',
  })
  ablatedPerExample!: (number | null)[]

  @Field(() => [SideReadingType], {
    description:
      'The clean and the corrupt side of pairs by themselves; empty for single prompts. Their sum is the two-sided loss as released code stores it, twice the mean.',
  })
  sides!: SideReadingType[]

  @Field(() => Number, {
    nullable: true,
    description:
      'Sample standard deviation of the effects on single prompts, in the metric’s unit; null for one prompt.',
  })
  spread!: number | null
}

@ObjectType('AblationRow', { simpleResolvers: true, description: 'One element of a sweep, ablated alone.' })
export class AblationRowType {
  @Field(() => AblationElementKindEnum, { description: 'What the element is.' })
  kind!: keyof typeof AblationElementKindEnum

  @Field(() => String, {
    description:
      'Its name: an address, head(0.1), layer 3, position 4, first 8 or last 8 of a ranking, or addresses with arrows between them.',
  })
  label!: string

  @Field(() => CircuitNodeType, { nullable: true, description: 'The node, where the element is one.' })
  node!: CircuitNodeType | null

  @Field(() => CircuitEdgeType, {
    nullable: true,
    description: 'The edge, where the element is one that the graph stores.',
  })
  edge!: CircuitEdgeType | null

  @Field(() => [CircuitNodeType], { description: 'All its nodes.' })
  nodes!: CircuitNodeType[]

  @Field(() => SafeInt, { description: 'How many nodes or edges it holds.' })
  size!: number

  @Field(() => Int, { nullable: true, description: 'Layer, where the element is one or lies in one.' })
  layer!: number | null

  @Field(() => Int, { nullable: true, description: 'Head, where the element is one.' })
  head!: number | null

  @Field(() => Int, { nullable: true, description: 'Position, where the element is at one.' })
  position!: number | null

  @Field(() => [AblationReadingType], { description: 'One per replacement and metric, in the order asked.' })
  readings!: AblationReadingType[]

  @Field(() => [Number], {
    nullable: 'itemsAndList',
    description:
      'For pairs, one per reading: metric(full) − metric(without the first) − metric(without the second) + metric(without both); 0 where the two act independently. Null for other rows.',
  })
  interactions!: (number | null)[] | null
}

export const AblationRowConnection = connectionOf('AblationRow', () => AblationRowType, 'ablated elements')

@ObjectType('RankAgreement', {
  simpleResolvers: true,
  description: 'Whether two replacements put the rows of a sweep in the same order.',
})
export class RankAgreementType {
  @Field(() => String, { description: 'The metric.' })
  metric!: string

  @Field(() => [String], { description: 'The two replacements.' })
  replacements!: string[]

  @Field(() => Number, {
    nullable: true,
    description: 'Spearman’s correlation of the effects, −1…1; null with a reason.',
  })
  correlation!: number | null

  @Field(() => String, { nullable: true, description: 'Why it is null.' })
  reason!: string | null
}

@ObjectType('AblationAnswer', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'What changes when nodes, edges or paths are replaced.',
})
export class AblationAnswerType {
  @Field(() => [AblationReadingType], {
    description: 'The whole target at once: one reading per replacement and metric, in the order asked.',
  })
  readings!: AblationReadingType[]

  @Field(() => [RankAgreementType], {
    description: 'For sweeps with several replacements, one per metric and pair of replacements.',
  })
  rankAgreement!: RankAgreementType[]

  @Field(() => [UsedReplacementType], { description: 'The replacements, with the text behind them.' })
  replacements!: UsedReplacementType[]

  @Field(() => MeasuredDataType, {
    nullable: true,
    description: 'What it was measured on; null in estimates.',
  })
  dataSet!: MeasuredDataType | null

  @Field(() => [String], {
    description: 'Addresses in the target that cannot be masked and were left alone.',
  })
  ignored!: string[]

  @Field(() => String, { description: 'What the signs mean, in words.' })
  signConvention!: string

  @Field(() => Number, {
    nullable: true,
    description:
      'Smallest gap at an AbsTopK cut in any run, activation units; null where the model has none.',
  })
  smallestMargin!: number | null
}

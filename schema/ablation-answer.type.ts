import { Field, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { CircuitNodeType } from './circuit-node.type.js'
import { connectionOf } from './connection.js'

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

  @Field(() => String, { nullable: true, description: 'Why a number here is null.' })
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

  @Field(() => Number, {
    nullable: true,
    description:
      'Sample standard deviation of the effects on single prompts, in the metric’s unit; null for one prompt.',
  })
  spread!: number | null
}

@ObjectType('AblationRow', { simpleResolvers: true, description: 'One element of a sweep, ablated alone.' })
export class AblationRowType {
  @Field(() => CircuitNodeType, { description: 'The node.' })
  node!: CircuitNodeType

  @Field(() => [AblationReadingType], { description: 'One per replacement and metric, in the order asked.' })
  readings!: AblationReadingType[]
}

export const AblationRowConnection = connectionOf('AblationRow', () => AblationRowType, 'ablated elements')

@ObjectType('AblationAnswer', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'What changes when nodes are replaced.',
})
export class AblationAnswerType {
  @Field(() => [AblationReadingType], {
    description: 'The whole target at once: one reading per replacement and metric, in the order asked.',
  })
  readings!: AblationReadingType[]

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

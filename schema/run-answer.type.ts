import { Field, Int, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { CircuitNodeType } from './circuit-node.type.js'
import { PromptTokenType } from './prompt.type.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('NextToken', { simpleResolvers: true, description: 'A token that may come next.' })
export class NextTokenType {
  @Field(() => SafeInt, { description: 'Vocabulary id.' })
  id!: number

  @Field(() => String, {
    nullable: true,
    description: 'Text; null where the model came without a vocabulary.',
  })
  text!: string | null

  @Field(() => Number, { description: 'Logit (dimensionless, up to a common constant).' })
  logit!: number

  @Field(() => Number, { description: 'Probability, 0…1.' })
  probability!: number
}

@ObjectType('ChannelActivations', { simpleResolvers: true, description: 'Values of one channel in a run.' })
export class ChannelActivationsType {
  @Field(() => String, { description: 'Address of the channel.' })
  address!: string

  @Field(() => [Number], { description: 'Its activation at each position, signed.' })
  values!: number[]
}

@ObjectType('AttentionPattern', { simpleResolvers: true, description: 'Attention of one head in a run.' })
export class AttentionPatternType {
  @Field(() => Int, { description: 'Layer, from 0.' })
  layer!: number

  @Field(() => Int, { description: 'Head, from 0.' })
  head!: number

  @Field(() => [[Number]], {
    description:
      'Weight of each key position for each query position, [query][key], 0…1; rows add up to 1, or less with a sink.',
  })
  pattern!: number[][]
}

@ObjectType('GeneratedToken', { simpleResolvers: true, description: 'A token that the model added.' })
export class GeneratedTokenType {
  @Field(() => SafeInt, { description: 'Vocabulary id.' })
  id!: number

  @Field(() => String, {
    nullable: true,
    description: 'Text; null where the model came without a vocabulary.',
  })
  text!: string | null

  @Field(() => Number, {
    description: 'Log-probability under the model as it is, temperature 1; nats, to 0.',
  })
  logProbability!: number
}

@ObjectType('EstimatedChange', {
  simpleResolvers: true,
  description:
    'What interventions on a graph without a model change at one node, in the linear model of the graph.',
})
export class EstimatedChangeType {
  @Field(() => CircuitNodeType, { description: 'The node.' })
  node!: CircuitNodeType

  @Field(() => Number, {
    nullable: true,
    description: 'Its activation in the graph’s file; null where the file has none, as for logits.',
  })
  before!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'Estimated change: logits for a logit, activation units for others; null with a reason.',
  })
  change!: number | null

  @Field(() => String, { nullable: true, description: 'Why the change is null.' })
  reason!: string | null
}

@ObjectType('RunAnswer', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'What the model, or the circuit alone, does on a prompt.',
})
export class RunAnswerType {
  @Field(() => [PromptTokenType], { description: 'The prompt as tokens.' })
  tokens!: PromptTokenType[]

  @Field(() => [NextTokenType], {
    description: 'Most probable next tokens after the last one, ties by lower id; empty in estimates.',
  })
  next!: NextTokenType[]

  @Field(() => Number, {
    nullable: true,
    description:
      'TASK_LOSS of the prompt, nats, from 0: of the target where one is given, else mean next-token cross entropy.',
  })
  loss!: number | null

  @Field(() => String, { nullable: true, description: 'Why the loss is null.' })
  lossReason!: string | null

  @Field(() => [ChannelActivationsType], { description: 'The channels that were asked for, in that order.' })
  activations!: ChannelActivationsType[]

  @Field(() => [AttentionPatternType], { description: 'The heads of the layers that were asked for.' })
  attention!: AttentionPatternType[]

  @Field(() => [GeneratedTokenType], {
    description: 'Tokens added, in their order; empty where none were asked for.',
  })
  generated!: GeneratedTokenType[]

  @Field(() => [EstimatedChangeType], {
    description:
      'Estimates: changes of the graph’s logits and of the activations that were asked for, in canonical order; empty where a model was run.',
  })
  changes!: EstimatedChangeType[]

  @Field(() => Number, {
    nullable: true,
    description: 'Smallest gap at an AbsTopK cut, activation units; null where the model has none.',
  })
  smallestMargin!: number | null
}

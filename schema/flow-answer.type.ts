import { Field, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { CircuitNodeType } from './circuit-node.type.js'
import { connectionOf } from './connection.js'
import { Count } from './count.scalar.js'

@ObjectType('FlowSource', {
  simpleResolvers: true,
  description: 'The part of a flow that begins at one node.',
})
export class FlowSourceType {
  @Field(() => String, { description: 'Address of the source.' })
  address!: string

  @Field(() => CircuitNodeType, {
    nullable: true,
    description: 'The source; null for an end that the question attached.',
  })
  node!: CircuitNodeType | null

  @Field(() => Count, { description: 'Exact number of paths from it.' })
  pathCount!: string

  @Field(() => Number, {
    nullable: true,
    description: 'Sum of signed products of its paths, unit by edgeMeaning.',
  })
  signedTotal!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'Sum of absolute products of its paths, unit by edgeMeaning.',
  })
  absoluteTotal!: number | null
}

export const FlowSourceConnection = connectionOf('FlowSource', () => FlowSourceType, 'flow sources')

@ObjectType('FlowAnswer', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'How much flows between two sets over all paths.',
})
export class FlowAnswerType {
  @Field(() => Count, { description: 'Exact number of paths.' })
  pathCount!: string

  @Field(() => Number, {
    nullable: true,
    description:
      'Sum of the signed products of raw edge values over all paths, unit by edgeMeaning; null where products do not exist.',
  })
  signedTotal!: number | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Sum of the absolute products of raw edge values over all paths; null where products do not exist.',
  })
  absoluteTotal!: number | null

  @Field(() => String, { nullable: true, description: 'Why the totals are null.' })
  totalsReason!: string | null

  @Field(() => Number, {
    nullable: true,
    description:
      'κ = absoluteTotal ÷ abs(signedTotal), from 1; large means that paths cancel. Null where the total is 0.',
  })
  cancellation!: number | null

  @Field(() => String, { nullable: true, description: 'Why cancellation is null.' })
  cancellationReason!: string | null

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Were bigram entries, from token to logit, walked? They are left out unless `links` asks for them. Null where the graph has no bigram table.',
  })
  bigram!: boolean | null
}

import { Field, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { EdgeKindEnum, PortEnum } from './circuit-edge.enum.js'
import { CircuitNodeType } from './circuit-node.type.js'
import { connectionOf } from './connection.js'
import { Count } from './count.scalar.js'
import { PathRankEnum } from './question.enum.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('PathStep', { simpleResolvers: true, description: 'A node on a path.' })
export class PathStepType {
  @Field(() => String, { description: 'Its address.' })
  address!: string

  @Field(() => CircuitNodeType, {
    nullable: true,
    description: 'The node; null for ends that the question attached, such as token(5) or logit(5)-logit(7).',
  })
  node!: CircuitNodeType | null
}

@ObjectType('PathHop', { simpleResolvers: true, description: 'An edge on a path.' })
export class PathHopType {
  @Field(() => EdgeKindEnum, { description: 'What makes it.' })
  kind!: string

  @Field(() => Number, {
    nullable: true,
    description: 'Signed value, unit by edgeMeaning; null for control links, which have none.',
  })
  weight!: number | null

  @Field(() => PortEnum, { nullable: true, description: 'Which input of a head it enters; null elsewhere.' })
  port!: string | null

  @Field(() => Boolean, { description: 'Does the path go against the edge, as a `<-` of its pattern may?' })
  reversed!: boolean
}

@ObjectType('PathBinding', {
  simpleResolvers: true,
  description: 'What a variable of the pattern stands for on a path.',
})
export class PathBindingType {
  @Field(() => String, { description: 'The variable.' })
  variable!: string

  @Field(() => [String], {
    description:
      'Addresses of nodes, or `from->to` of edges as the path goes, in their order on the path: one, or any number under a quantifier.',
  })
  elements!: readonly string[]
}

@ObjectType('Path', { simpleResolvers: true, description: 'A path, from its source to its target.' })
export class PathType {
  @Field(() => SafeInt, { description: 'Place in the order of rankBy, from 1.' })
  rank!: number

  @Field(() => [PathStepType], { description: 'Its nodes in order.' })
  steps!: PathStepType[]

  @Field(() => [String], { description: 'Addresses of its nodes in order: the cheap form of `steps`.' })
  addresses!: string[]

  @Field(() => [PathHopType], { description: 'Its edges in order; one less than its nodes.' })
  hops!: PathHopType[]

  @Field(() => SafeInt, { description: 'Number of edges.' })
  hopCount!: number

  @Field(() => [PathBindingType], {
    description:
      'Variables of the pattern in the order of its nodes, then of its edges; where several readings fit, the leftmost alternative and the greedy quantifier win. Empty without a pattern.',
  })
  bindings!: readonly PathBindingType[]

  @Field(() => Number, {
    nullable: true,
    description: 'Signed product of the edge values, unit by edgeMeaning; null where it has none.',
  })
  product!: number | null

  @Field(() => String, { nullable: true, description: 'Why the product is null.' })
  productReason!: string | null

  @Field(() => Number, {
    nullable: true,
    description: 'log2 of abs(product); finite where the product itself underflows.',
  })
  log2AbsProduct!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'Share of the target’s normalised absolute input, 0…1; null unless ranked by SHARE.',
  })
  share!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'Smallest abs(score) on the path; null unless ranked by WEAKEST_SCORE.',
  })
  weakestScore!: number | null
}

export const PathConnection = connectionOf('Path', () => PathType, 'paths', { counted: false })

@ObjectType('PathAnswer', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'The strongest paths in the order of rankBy.',
})
export class PathAnswerType {
  @Field(() => PathRankEnum, { description: 'The order, after the default of the graph was filled in.' })
  rankBy!: string

  @Field(() => PathConnection, {
    description: 'The page.',
  })
  paths!: InstanceType<typeof PathConnection>

  @Field(() => Count, { description: 'Exact number of all paths.' })
  totalCount!: string

  @Field(() => Number, {
    nullable: true,
    description:
      'Sum of abs(product) up to the end of this page ÷ the sum over all paths, 0…1; paths over control links have no product and count for nothing. Null where products do not exist.',
  })
  coveredMass!: number | null

  @Field(() => String, { nullable: true, description: 'Why coveredMass is null.' })
  coveredMassReason!: string | null

  @Field(() => Boolean, { description: 'Is there no path after this page?' })
  exhausted!: boolean

  @Field(() => Boolean, { description: 'Does the next path have the same rank key as the last one here?' })
  tieCut!: boolean

  @Field(() => Number, {
    nullable: true,
    description:
      'κ = Σ abs(product) ÷ abs(Σ product) over the paths that have a product, from 1; large means that paths cancel. Null where the total is 0.',
  })
  cancellation!: number | null

  @Field(() => String, { nullable: true, description: 'Why cancellation is null.' })
  cancellationReason!: string | null

  @Field(() => Count, {
    nullable: true,
    description:
      'Paths through queries or keys that OV_ONLY leaves out; null where the graph has no attention.',
  })
  hiddenControlPaths!: string | null

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Were bigram entries, from token to logit, walked? They are left out unless `links` asks for them. Null where the graph has no bigram table.',
  })
  bigram!: boolean | null
}

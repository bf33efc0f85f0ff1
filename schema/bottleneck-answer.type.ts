import { Field, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { connectionOf } from './connection.js'
import { Count } from './count.scalar.js'
import { PathHopType, PathStepType } from './path-answer.type.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('Route', {
  simpleResolvers: true,
  description: 'A path without a rank, from its source to its target.',
})
export class RouteType {
  @Field(() => [PathStepType], { description: 'Its nodes in order.' })
  steps!: PathStepType[]

  @Field(() => [String], { description: 'Addresses of its nodes in order: the cheap form of `steps`.' })
  addresses!: string[]

  @Field(() => [PathHopType], { description: 'Its edges in order; one less than its nodes.' })
  hops!: PathHopType[]

  @Field(() => SafeInt, { description: 'Number of edges.' })
  hopCount!: number
}

export const RouteConnection = connectionOf('Route', () => RouteType, 'routes')
export const PathStepConnection = connectionOf('PathStep', () => PathStepType, 'nodes')

/** Its lists stand in `resolvers/bottleneck-answer.resolver.ts`. */
@ObjectType('BottleneckAnswer', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description:
    'What all paths between two sets have to pass. Ends of the question, and places of the residual stream that it attaches, are no nodes that can be cut.',
})
export class BottleneckAnswerType {
  @Field(() => Count, { description: 'Exact number of paths.' })
  pathCount!: string

  @Field(() => String, {
    nullable: true,
    description: 'Why no set of nodes separates the ends, naming a path that none can break.',
  })
  minimumCutReason!: string | null

  @Field(() => Count, {
    description:
      'Exact number of paths without a node that can be cut, such as a direct edge between the ends, or embedding to unembedding.',
  })
  uncuttableCount!: string

  @Field(() => RouteType, {
    nullable: true,
    description:
      'The path of most edges; of several the first in canonical order. Null where there is no path.',
  })
  criticalPath!: RouteType | null

  @Field(() => String, { nullable: true, description: 'Why criticalPath is null.' })
  criticalPathReason!: string | null

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Were bigram entries, from token to logit, walked? They are left out unless `links` asks for them. Null where the graph has no bigram table.',
  })
  bigram!: boolean | null
}

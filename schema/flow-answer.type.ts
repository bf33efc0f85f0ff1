import { Field, InterfaceType, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { CircuitNodeType } from './circuit-node.type.js'
import { connectionOf } from './connection.js'
import { Count } from './count.scalar.js'
import { PathHopType, PathStepType } from './path-answer.type.js'

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

@InterfaceType('PathMass', {
  description: 'What passes a place of a flow.',
  resolveType: (value: object) => ('hop' in value ? 'FlowEdge' : 'FlowNode'),
})
abstract class PathMassInterface {
  @Field(() => Count, { description: 'Exact number of paths that pass here.' })
  pathCount!: string

  @Field(() => Number, {
    nullable: true,
    description:
      'Sum of the signed products of these paths, unit by edgeMeaning: without this place the total is smaller by it. Null where products do not exist.',
  })
  signedMass!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'Sum of their absolute products, unit by edgeMeaning.',
  })
  absoluteMass!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'signedMass ÷ signedTotal; may leave 0…1 where paths cancel. Null where that total is 0.',
  })
  signedBetweenness!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'absoluteMass ÷ absoluteTotal, 0…1: betweenness by path mass. Null where that total is 0.',
  })
  absoluteBetweenness!: number | null
}

@ObjectType('FlowNode', {
  implements: PathMassInterface,
  simpleResolvers: true,
  description: 'A node of a flow, and what passes it.',
})
export class FlowNodeType extends PathMassInterface {
  @Field(() => String, { description: 'Its address.' })
  address!: string

  @Field(() => CircuitNodeType, {
    nullable: true,
    description: 'The node; null for one that the question attached.',
  })
  node!: CircuitNodeType | null
}

@ObjectType('FlowEdge', {
  implements: PathMassInterface,
  simpleResolvers: true,
  description: 'An edge of a flow, and what passes it.',
})
export class FlowEdgeType extends PathMassInterface {
  @Field(() => PathStepType, { description: 'Where it begins.' })
  source!: PathStepType

  @Field(() => PathStepType, { description: 'Where it ends.' })
  target!: PathStepType

  @Field(() => PathHopType, {
    description: 'The edge; where the question normalises, its weight is the share of the target’s input.',
  })
  hop!: PathHopType
}

export const FlowNodeConnection = connectionOf('FlowNode', () => FlowNodeType, 'nodes of the flow')
export const FlowEdgeConnection = connectionOf('FlowEdge', () => FlowEdgeType, 'edges of the flow')

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

  @Field(() => Boolean, {
    description:
      'Were edge values divided by the sum of the absolute values into their target? Totals are then shares of the targets’ input.',
  })
  normalised!: boolean

  @Field(() => Number, {
    nullable: true,
    description: 'Share of the absolute total over all paths that passes `via`, 0…1.',
  })
  viaShare!: number | null

  @Field(() => String, { nullable: true, description: 'Why viaShare is null.' })
  viaShareReason!: string | null

  @Field(() => Count, {
    nullable: true,
    description:
      'Paths through queries or keys that OV_ONLY leaves out; null where the graph has no attention.',
  })
  hiddenControlPaths!: string | null
}

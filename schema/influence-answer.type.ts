import { Field, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { CircuitNodeType } from './circuit-node.type.js'
import { connectionOf } from './connection.js'

@ObjectType('NodeInfluence', { simpleResolvers: true, description: 'Influence of one node.' })
export class NodeInfluenceType {
  @Field(() => CircuitNodeType, { description: 'The node.' })
  node!: CircuitNodeType

  @Field(() => Number, {
    description: 'Sum over all paths of row-normalised absolute edge values to the weighted ends, from 0.',
  })
  influence!: number

  @Field(() => Number, {
    description:
      'Share of the total influence held by this node and all more influential ones, 0…1: low means important.',
  })
  cumulative!: number
}

export const NodeInfluenceConnection = connectionOf(
  'NodeInfluence',
  () => NodeInfluenceType,
  'node influences',
)

@ObjectType('InfluenceColumns', {
  simpleResolvers: true,
  description: 'Influence of every node as columns in canonical order, the shape for programs.',
})
export class InfluenceColumnsType {
  @Field(() => [String], { description: 'Address of every node.' })
  nodeAddress!: string[]

  @Field(() => [Number], { description: 'Influence of every node, from 0.' })
  influence!: number[]

  @Field(() => [Number], { description: 'Cumulative influence of every node, 0…1.' })
  cumulative!: number[]
}

@ObjectType('InfluenceAnswer', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'Which nodes matter for the weighted ends, by circuit-tracer’s measure.',
})
export class InfluenceAnswerType {
  @Field(() => InfluenceColumnsType, { description: 'All nodes at once.' })
  columns!: InfluenceColumnsType

  @Field(() => Number, {
    nullable: true,
    description:
      'Influence of tokens ÷ influence of tokens and errors, 0…1: how much the features explain end to end.',
  })
  replacementScore!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'Share of the inputs of nodes, weighted by influence, that does not come from errors, 0…1.',
  })
  completenessScore!: number | null

  @Field(() => String, { nullable: true, description: 'Why the scores are null.' })
  scoresReason!: string | null
}

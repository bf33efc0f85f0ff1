import { Field, ObjectType } from 'type-graphql'
import type { Port } from '../src/domain/address.js'
import type { EdgeKind } from '../src/domain/graph-data.js'
import { EdgeKindEnum, PortEnum } from './circuit-edge.enum.js'
import { CircuitNodeType } from './circuit-node.type.js'
import { connectionOf } from './connection.js'
import { NodeInterface } from './node.interface.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('CircuitEdge', {
  implements: NodeInterface,
  simpleResolvers: true,
  description: 'An edge of one graph, from its source to its target.',
})
export class CircuitEdgeType implements NodeInterface {
  id!: string

  @Field(() => String, {
    description: 'Address: source->target, with :Q, :K or :V for a port and #n for parallel edges.',
  })
  address!: string

  @Field(() => CircuitNodeType, { description: 'Where the edge begins.' })
  source!: CircuitNodeType

  @Field(() => CircuitNodeType, { description: 'Where the edge ends.' })
  target!: CircuitNodeType

  @Field(() => EdgeKindEnum, { description: 'What makes the edge.' })
  kind!: EdgeKind

  @Field(() => PortEnum, { nullable: true, description: 'Which input of a head it enters; null elsewhere.' })
  port!: Port | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Signed value; its unit follows the graph’s edgeMeaning (weight, derivative, contribution to the target, effect on a metric). Null where unscored.',
  })
  weight!: number | null

  @Field(() => Boolean, { description: 'Is it part of the cut that the importing tool made?' })
  member!: boolean

  @Field(() => Number, {
    nullable: true,
    description:
      'Sum of abs(weight) over the edges behind it, in the unit of weight; null outside collapsed graphs.',
  })
  absWeight!: number | null

  @Field(() => SafeInt, {
    nullable: true,
    description: 'How many edges it stands for; null outside collapsed graphs.',
  })
  edgeCount!: number | null
}

export const CircuitEdgeConnection = connectionOf('CircuitEdge', () => CircuitEdgeType, 'edges')

import { Field, ObjectType } from 'type-graphql'
import { CircuitGraphInterface } from './circuit-graph.interface.js'
import { CollapsedType } from './collapsed.type.js'
import { NodeInterface } from './node.interface.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('Subcircuit', {
  implements: [NodeInterface, CircuitGraphInterface],
  simpleResolvers: true,
  description:
    'A graph derived by an expression. The graph is never stored; its expression is, so its id can be resolved later.',
})
export class SubcircuitType implements NodeInterface {
  id!: string

  @Field(() => String, { description: 'Canonical JSON of the expression that makes it from its root.' })
  expression!: string

  @Field(() => SafeInt, { description: 'Number of nodes.' })
  nodeCount!: number

  @Field(() => SafeInt, { description: 'Number of edges.' })
  edgeCount!: number

  @Field(() => CollapsedType, {
    nullable: true,
    description: 'What collapsing did to it; null where nothing was collapsed.',
  })
  collapsed!: CollapsedType | null
}

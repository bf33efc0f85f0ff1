import { Field, ObjectType } from 'type-graphql'
import { CircuitGraphInterface } from './circuit-graph.interface.js'
import { connectionOf } from './connection.js'
import { DateTime } from './date-time.scalar.js'
import { NodeInterface } from './node.interface.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('Circuit', {
  implements: [NodeInterface, CircuitGraphInterface],
  simpleResolvers: true,
  description: 'An immutable graph that explains one behaviour; its hash is its identity.',
})
export class CircuitType implements NodeInterface {
  id!: string

  @Field(() => [String], { description: 'Catalogue names: unique, movable aliases of the hash.' })
  names!: string[]

  @Field(() => String, {
    nullable: true,
    description: 'Name of the task it explains; null where none is known.',
  })
  taskName!: string | null

  @Field(() => String, { nullable: true, description: 'Text of its prompt; null where it has none.' })
  promptText!: string | null

  @Field(() => SafeInt, { description: 'Number of nodes.' })
  nodeCount!: number

  @Field(() => SafeInt, { description: 'Number of stored edges.' })
  edgeCount!: number

  @Field(() => DateTime, { description: 'When this store first took it in.' })
  createdAt!: string

  @Field(() => Boolean, {
    description:
      'Does the store hold every edge as a relation of its own? Neo4j keeps only the strongest of very large graphs; questions are answered from the whole all the same.',
  })
  relationshipsComplete!: boolean
}

export const CircuitConnection = connectionOf('Circuit', () => CircuitType, 'circuits')

import { Field, ObjectType } from 'type-graphql'
import type { JsonValue } from '../src/domain/canonical-json.js'
import { CircuitGraphInterface } from './circuit-graph.interface.js'
import { connectionOf } from './connection.js'
import { DateTime } from './date-time.scalar.js'
import { Json } from './json.scalar.js'
import { NodeInterface } from './node.interface.js'
import { SafeInt } from './safe-int.scalar.js'
import { Sha256 } from './sha256.scalar.js'

@ObjectType('SparseModel', {
  implements: [NodeInterface, CircuitGraphInterface],
  simpleResolvers: true,
  description:
    'A weight-sparse transformer; as a graph, every maskable channel and every nonzero weight between them. Its hash covers configuration and weights.',
})
export class SparseModelType implements NodeInterface {
  id!: string

  @Field(() => [String], { description: 'Catalogue names: unique, movable aliases of the hash.' })
  names!: string[]

  @Field(() => Json, { description: 'Configuration in the released layout with every default filled in.' })
  config!: JsonValue

  @Field(() => Sha256, { description: 'Hash of the artefact that holds the weights.' })
  weightsSha256!: string

  @Field(() => SafeInt, { description: 'Number of parameters.' })
  parameterCount!: number

  @Field(() => SafeInt, { description: 'Number of parameters that are not zero (L0).' })
  nonzeroCount!: number

  @Field(() => DateTime, { description: 'When this store first took it in.' })
  createdAt!: string
}

export const SparseModelConnection = connectionOf('SparseModel', () => SparseModelType, 'sparse models')

import { Field, ID, ObjectType } from 'type-graphql'
import { CircuitNodeType } from './circuit-node.type.js'
import { connectionOf } from './connection.js'
import { ModelIdentityType } from './model-identity.type.js'
import { NodeInterface } from './node.interface.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('ComponentUse', {
  simpleResolvers: true,
  description: 'A node of a circuit that stands at a place of a model, and how strongly the circuit uses it.',
})
export class ComponentUseType {
  @Field(() => CircuitNodeType, { description: 'The node, with its scores and its circuit behind it.' })
  node!: CircuitNodeType

  @Field(() => SafeInt, { description: 'Stored edges that enter it.' })
  inputs!: number

  @Field(() => SafeInt, { description: 'Stored edges that leave it.' })
  outputs!: number

  @Field(() => Number, {
    description: 'Sum of the absolute values of the edges that enter it, unit by edgeMeaning.',
  })
  absoluteInput!: number

  @Field(() => Number, {
    description: 'Sum of the absolute values of the edges that leave it, unit by edgeMeaning.',
  })
  absoluteOutput!: number
}

export const ComponentUseConnection = connectionOf('ComponentUse', () => ComponentUseType, 'uses')

@ObjectType('Component', {
  implements: NodeInterface,
  description: 'A place in a model, whatever circuits use it.',
})
export class ComponentType extends NodeInterface {
  @Field(() => ID, { description: 'Global id; opaque, stable, unique among all things of this server.' })
  declare id: string

  @Field(() => ModelIdentityType, { description: 'The model.' })
  model!: ModelIdentityType

  @Field(() => String, { description: 'Address of the place, without a position.' })
  address!: string
}

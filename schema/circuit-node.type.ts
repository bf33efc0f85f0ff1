import { Field, ObjectType } from 'type-graphql'
import type { NodeKind } from '../src/domain/graph-data.js'
import { BlockEnum, NodeKindEnum, TapEnum } from './circuit-node.enum.js'
import { connectionOf } from './connection.js'
import { NodeInterface } from './node.interface.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('CircuitNode', {
  implements: NodeInterface,
  simpleResolvers: true,
  description: 'A node of one graph. Fields that do not belong to its kind are null.',
})
export class CircuitNodeType implements NodeInterface {
  id!: string

  @Field(() => String, {
    description: 'Address of the place: 3.attn.q[17], feature(3/17)@4, logit(5). The same text everywhere.',
  })
  address!: string

  @Field(() => NodeKindEnum, { description: 'What kind of thing it is.' })
  kind!: NodeKind

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Token position, from 0; null where the node stands for all positions.',
  })
  position!: number | null

  @Field(() => SafeInt, { nullable: true, description: 'Layer, from −1 (some dictionaries) or 0.' })
  layer!: number | null

  @Field(() => BlockEnum, { nullable: true, description: 'Half of the layer; channels only.' })
  block!: string | null

  @Field(() => TapEnum, { nullable: true, description: 'Activation site in the block; channels only.' })
  tap!: string | null

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Index at the tap, feature number in its dictionary, or vocabulary id of a token or logit.',
  })
  index!: number | null

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Vocabulary id; tokens and logits only, null where the file knows the text alone.',
  })
  tokenId!: number | null

  @Field(() => String, {
    nullable: true,
    description:
      'Text of a token or logit, else of the prompt token at the node’s position; null where unknown.',
  })
  text!: string | null

  @Field(() => String, {
    nullable: true,
    description: 'A person’s or tool’s words for the node, outside the circuit’s hash.',
  })
  label!: string | null

  @Field(() => String, { nullable: true, description: 'Id that the node had in the imported file.' })
  sourceId!: string | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Activation on the graph’s prompt, in the dictionary’s units, signed; null where not recorded.',
  })
  activation!: number | null

  @Field(() => Number, { nullable: true, description: 'Probability of a logit’s token, 0…1; logits only.' })
  probability!: number | null

  @Field(() => Boolean, { description: 'Is it a logit that the graph was made to explain first?' })
  isTarget!: boolean

  @Field(() => SafeInt, {
    nullable: true,
    description: 'How many nodes it stands for; null outside collapsed graphs.',
  })
  nodesBehind!: number | null

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Edges between the nodes behind it, which were dropped; null outside collapsed graphs.',
  })
  innerEdges!: number | null
}

export const CircuitNodeConnection = connectionOf('CircuitNode', () => CircuitNodeType, 'nodes')

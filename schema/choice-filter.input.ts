import { Field, InputType } from 'type-graphql'
import type { Port } from '../src/domain/address.js'
import type { EdgeKind, NodeKind } from '../src/domain/graph-data.js'
import { EdgeKindEnum, PortEnum } from './circuit-edge.enum.js'
import { BlockEnum, NodeKindEnum, TapEnum } from './circuit-node.enum.js'

@InputType('NodeKindFilter', { description: 'Conditions on the kind of a node.' })
export class NodeKindFilterInput {
  @Field(() => NodeKindEnum, { nullable: true, description: 'Is.' })
  eq?: NodeKind | null

  @Field(() => [NodeKindEnum], { nullable: true, description: 'One of.' })
  in?: NodeKind[] | null

  @Field(() => [NodeKindEnum], { nullable: true, description: 'None of.' })
  notIn?: NodeKind[] | null
}

@InputType('TapFilter', { description: 'Conditions on the tap of a node.' })
export class TapFilterInput {
  @Field(() => TapEnum, { nullable: true, description: 'Is.' })
  eq?: keyof typeof TapEnum | null

  @Field(() => [TapEnum], { nullable: true, description: 'One of.' })
  in?: (keyof typeof TapEnum)[] | null

  @Field(() => [TapEnum], { nullable: true, description: 'None of.' })
  notIn?: (keyof typeof TapEnum)[] | null
}

@InputType('BlockFilter', { description: 'Conditions on the block of a node.' })
export class BlockFilterInput {
  @Field(() => BlockEnum, { nullable: true, description: 'Is.' })
  eq?: keyof typeof BlockEnum | null

  @Field(() => [BlockEnum], { nullable: true, description: 'One of.' })
  in?: (keyof typeof BlockEnum)[] | null

  @Field(() => [BlockEnum], { nullable: true, description: 'None of.' })
  notIn?: (keyof typeof BlockEnum)[] | null
}

@InputType('EdgeKindFilter', { description: 'Conditions on the kind of an edge.' })
export class EdgeKindFilterInput {
  @Field(() => EdgeKindEnum, { nullable: true, description: 'Is.' })
  eq?: EdgeKind | null

  @Field(() => [EdgeKindEnum], { nullable: true, description: 'One of.' })
  in?: EdgeKind[] | null

  @Field(() => [EdgeKindEnum], { nullable: true, description: 'None of.' })
  notIn?: EdgeKind[] | null
}

@InputType('PortFilter', { description: 'Conditions on the port of an edge.' })
export class PortFilterInput {
  @Field(() => PortEnum, { nullable: true, description: 'Is.' })
  eq?: Port | null

  @Field(() => [PortEnum], { nullable: true, description: 'One of.' })
  in?: Port[] | null

  @Field(() => [PortEnum], { nullable: true, description: 'None of.' })
  notIn?: Port[] | null
}

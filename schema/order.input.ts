import { Field, InputType } from 'type-graphql'
import { CircuitOrderFieldEnum, DirectionEnum, ModelOrderFieldEnum } from './catalogue.enum.js'
import { EdgeOrderFieldEnum } from './circuit-edge.enum.js'
import { NodeOrderFieldEnum } from './circuit-node.enum.js'

type Direction = keyof typeof DirectionEnum

@InputType('NodeOrderBy', { description: 'What nodes are ordered by: exactly one of these.' })
export class NodeOrderByInput {
  @Field(() => NodeOrderFieldEnum, { nullable: true, description: 'A property.' })
  field?: keyof typeof NodeOrderFieldEnum | null

  @Field(() => String, { nullable: true, description: 'A named score; see summary.scoreNames.' })
  score?: string | null
}

@InputType('NodeOrder', { description: 'An order of nodes.' })
export class NodeOrderInput {
  @Field(() => NodeOrderByInput, { description: 'By what.' })
  by!: NodeOrderByInput

  @Field(() => DirectionEnum, { defaultValue: 'ASC', description: 'In which direction.' })
  direction!: Direction
}

@InputType('EdgeOrderBy', { description: 'What edges are ordered by: exactly one of these.' })
export class EdgeOrderByInput {
  @Field(() => EdgeOrderFieldEnum, { nullable: true, description: 'A property.' })
  field?: keyof typeof EdgeOrderFieldEnum | null
}

@InputType('EdgeOrder', { description: 'An order of edges.' })
export class EdgeOrderInput {
  @Field(() => EdgeOrderByInput, { description: 'By what.' })
  by!: EdgeOrderByInput

  @Field(() => DirectionEnum, { defaultValue: 'ASC', description: 'In which direction.' })
  direction!: Direction
}

@InputType('CircuitOrder', { description: 'An order of circuits.' })
export class CircuitOrderInput {
  @Field(() => CircuitOrderFieldEnum, { description: 'By what.' })
  field!: keyof typeof CircuitOrderFieldEnum

  @Field(() => DirectionEnum, { defaultValue: 'ASC', description: 'In which direction.' })
  direction!: Direction
}

@InputType('ModelOrder', { description: 'An order of models.' })
export class ModelOrderInput {
  @Field(() => ModelOrderFieldEnum, { description: 'By what.' })
  field!: keyof typeof ModelOrderFieldEnum

  @Field(() => DirectionEnum, { defaultValue: 'ASC', description: 'In which direction.' })
  direction!: Direction
}

import { Field, InputType } from 'type-graphql'
import { EdgeKindFilterInput, PortFilterInput } from './choice-filter.input.js'
import { FloatFilterInput } from './condition.input.js'
import { NodeFilterInput } from './node-filter.input.js'

@InputType('EdgeFilter', { description: 'Which edges: all given conditions must hold.' })
export class EdgeFilterInput {
  @Field(() => [EdgeFilterInput], { nullable: true, description: 'All of these hold.' })
  AND?: EdgeFilterInput[] | null

  @Field(() => [EdgeFilterInput], { nullable: true, description: 'At least one of these holds.' })
  OR?: EdgeFilterInput[] | null

  @Field(() => EdgeFilterInput, { nullable: true, description: 'This does not hold.' })
  NOT?: EdgeFilterInput | null

  @Field(() => EdgeKindFilterInput, { nullable: true, description: 'Kind.' })
  kind?: EdgeKindFilterInput | null

  @Field(() => PortFilterInput, { nullable: true, description: 'Port.' })
  port?: PortFilterInput | null

  @Field(() => FloatFilterInput, {
    nullable: true,
    description: 'Signed value; unscored fits only isNull: true.',
  })
  weight?: FloatFilterInput | null

  @Field(() => Boolean, { nullable: true, description: 'Is it part of the importing tool’s own cut?' })
  member?: boolean | null

  @Field(() => NodeFilterInput, { nullable: true, description: 'Conditions on the source.' })
  source?: NodeFilterInput | null

  @Field(() => NodeFilterInput, { nullable: true, description: 'Conditions on the target.' })
  target?: NodeFilterInput | null
}

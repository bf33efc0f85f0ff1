import { Field, InputType } from 'type-graphql'
import { BlockFilterInput, NodeKindFilterInput, TapFilterInput } from './choice-filter.input.js'
import { FloatFilterInput, IntFilterInput, ScoreFilterInput, TextFilterInput } from './condition.input.js'

@InputType('NodeFilter', {
  description:
    'Which nodes: all given conditions must hold. A property that a node lacks fits only isNull: true.',
})
export class NodeFilterInput {
  @Field(() => [NodeFilterInput], { nullable: true, description: 'All of these hold.' })
  AND?: NodeFilterInput[] | null

  @Field(() => [NodeFilterInput], { nullable: true, description: 'At least one of these holds.' })
  OR?: NodeFilterInput[] | null

  @Field(() => NodeFilterInput, { nullable: true, description: 'This does not hold.' })
  NOT?: NodeFilterInput | null

  @Field(() => TextFilterInput, { nullable: true, description: 'Canonical address.' })
  address?: TextFilterInput | null

  @Field(() => TextFilterInput, { nullable: true, description: 'Id in the imported file.' })
  sourceId?: TextFilterInput | null

  @Field(() => TextFilterInput, { nullable: true, description: 'Label.' })
  label?: TextFilterInput | null

  @Field(() => TextFilterInput, {
    nullable: true,
    description: 'Text of a token or logit, or of the prompt token at the node’s position.',
  })
  text?: TextFilterInput | null

  @Field(() => NodeKindFilterInput, { nullable: true, description: 'Kind.' })
  kind?: NodeKindFilterInput | null

  @Field(() => BlockFilterInput, { nullable: true, description: 'Half of the layer.' })
  block?: BlockFilterInput | null

  @Field(() => TapFilterInput, { nullable: true, description: 'Activation site.' })
  tap?: TapFilterInput | null

  @Field(() => IntFilterInput, { nullable: true, description: 'Layer.' })
  layer?: IntFilterInput | null

  @Field(() => IntFilterInput, { nullable: true, description: 'Token position, from 0.' })
  position?: IntFilterInput | null

  @Field(() => IntFilterInput, { nullable: true, description: 'Index at the tap, or feature number.' })
  index?: IntFilterInput | null

  @Field(() => FloatFilterInput, { nullable: true, description: 'Activation on the graph’s prompt, signed.' })
  activation?: FloatFilterInput | null

  @Field(() => FloatFilterInput, { nullable: true, description: 'Probability of a logit’s token, 0…1.' })
  probability?: FloatFilterInput | null

  @Field(() => ScoreFilterInput, { nullable: true, description: 'A named score.' })
  score?: ScoreFilterInput | null
}

import { Field, InputType } from 'type-graphql'

@InputType('WeightedNode', { description: 'A node with a start weight for influence.' })
export class WeightedNodeInput {
  @Field(() => String, { description: 'Address of the node.' })
  node!: string

  @Field(() => Number, { description: 'Its weight, from 0.' })
  weight!: number
}

@InputType('InfluenceExpression', {
  description: 'Pruning by influence, exactly as circuit-tracer does it: nodes first, then edges.',
})
export class InfluenceExpressionInput {
  @Field(() => Number, {
    defaultValue: 0.8,
    description: 'Share of total node influence to keep, 0…1.',
  })
  nodeThreshold!: number

  @Field(() => Number, {
    defaultValue: 0.98,
    description: 'Share of total edge influence to keep, 0…1.',
  })
  edgeThreshold!: number

  @Field(() => [WeightedNodeInput], {
    nullable: true,
    description: 'Start weights, for graphs whose logits carry no probabilities.',
  })
  on?: WeightedNodeInput[] | null
}

import { Field, InputType, Int } from 'type-graphql'
import { EdgeFilterInput } from './edge-filter.input.js'
import { LinksInput } from './links.input.js'
import { NodeFilterInput } from './node-filter.input.js'
import { NodeSelectorInput } from './node-selector.input.js'

@InputType('WeightedNode', { description: 'A node with a start weight for influence.' })
export class WeightedNodeInput {
  @Field(() => String, { description: 'Address of the node.' })
  node!: string

  @Field(() => Number, { description: 'Its weight, from 0.' })
  weight!: number
}

@InputType('ReachExpression', { description: 'Everything that reaches, or is reached from, some nodes.' })
export class ReachExpressionInput {
  @Field(() => NodeSelectorInput, { description: 'The nodes; they belong to the result.' })
  of!: NodeSelectorInput

  @Field(() => Int, { nullable: true, description: 'Most steps away, from 0; left out: any number.' })
  hops?: number | null

  @Field(() => LinksInput, { nullable: true, description: 'Implied links; default residual, OV_AND_QK.' })
  links?: LinksInput | null
}

@InputType('BetweenExpression', { description: 'Everything on some path between two sets.' })
export class BetweenExpressionInput {
  @Field(() => NodeSelectorInput, { description: 'Where paths begin.' })
  from!: NodeSelectorInput

  @Field(() => NodeSelectorInput, { description: 'Where paths end.' })
  to!: NodeSelectorInput

  @Field(() => LinksInput, { nullable: true, description: 'Implied links; default residual, OV_AND_QK.' })
  links?: LinksInput | null
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

@InputType('GraphExpression', {
  description: 'How a graph is made from another: exactly one of these. The result is a graph again.',
})
export class GraphExpressionInput {
  @Field(() => NodeFilterInput, {
    nullable: true,
    description: 'The nodes that fit and all edges between them.',
  })
  nodes?: NodeFilterInput | null

  @Field(() => EdgeFilterInput, { nullable: true, description: 'The edges that fit and their ends.' })
  edges?: EdgeFilterInput | null

  @Field(() => ReachExpressionInput, { nullable: true, description: 'Ancestors.' })
  upstreamOf?: ReachExpressionInput | null

  @Field(() => ReachExpressionInput, { nullable: true, description: 'Descendants.' })
  downstreamOf?: ReachExpressionInput | null

  @Field(() => BetweenExpressionInput, { nullable: true, description: 'Everything on some path.' })
  between?: BetweenExpressionInput | null

  @Field(() => InfluenceExpressionInput, { nullable: true, description: 'Pruning by influence.' })
  influence?: InfluenceExpressionInput | null

  @Field(() => [GraphExpressionInput], {
    nullable: true,
    description: 'Several in a row, each applied to the result of the one before.',
  })
  pipe?: GraphExpressionInput[] | null
}

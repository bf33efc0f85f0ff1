import { Field, ObjectType } from 'type-graphql'
import type { NodeKind } from '../src/domain/graph-data.js'
import { NodeKindEnum } from './circuit-node.enum.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('LayerTapCount', {
  simpleResolvers: true,
  description: 'How many nodes stand at one tap of one layer.',
})
export class LayerTapCountType {
  @Field(() => SafeInt, { nullable: true, description: 'Layer; null for nodes without one.' })
  layer!: number | null

  @Field(() => NodeKindEnum, { description: 'Kind of the nodes.' })
  kind!: NodeKind

  @Field(() => String, {
    nullable: true,
    description: 'Block and tap, such as ATTN.Q; null where there is none.',
  })
  tap!: string | null

  @Field(() => SafeInt, { description: 'Number of nodes.' })
  nodes!: number
}

@ObjectType('GraphSummary', { simpleResolvers: true, description: 'Counts and quantiles of a graph.' })
export class GraphSummaryType {
  @Field(() => SafeInt, { description: 'Number of nodes.' })
  nodeCount!: number

  @Field(() => SafeInt, { description: 'Number of stored edges.' })
  edgeCount!: number

  @Field(() => SafeInt, {
    description:
      'Stored nonzero weights: the size (L0) of a sparse circuit; 0 for a collapsed graph, whose edges are sums.',
  })
  weightCount!: number

  @Field(() => [LayerTapCountType], { description: 'Nodes by layer and tap, layers ascending.' })
  byLayerAndTap!: LayerTapCountType[]

  @Field(() => SafeInt, { description: 'Most edges into one node.' })
  maxInDegree!: number

  @Field(() => SafeInt, { description: 'Most edges out of one node.' })
  maxOutDegree!: number

  @Field(() => Number, { description: 'Edges ÷ nodes; 0 for an empty graph.' })
  meanDegree!: number

  @Field(() => [Number], {
    nullable: true,
    description:
      'abs(weight) at probabilities 0, ¼, ½, ¾, 1 (nearest rank), in the unit of the edges; null without a scored edge.',
  })
  absWeightQuantiles!: number[] | null

  @Field(() => SafeInt, { description: 'Edges with a negative weight.' })
  negativeEdges!: number

  @Field(() => Number, {
    nullable: true,
    description: 'Edges ÷ (nodes · (nodes − 1)), 0…1 without parallel edges; null below two nodes.',
  })
  density!: number | null

  @Field(() => [String], { description: 'Names of its node scores, for score(name).' })
  scoreNames!: string[]
}

/** Expressions and the selectors in them: they hold each other, so they stand together. */
import { Field, ID, InputType, Int } from 'type-graphql'
import { CollapseExpressionInput } from './collapse-expression.input.js'
import { EdgeFilterInput } from './edge-filter.input.js'
import { InfluenceExpressionInput } from './influence-expression.input.js'
import { LinksInput } from './links.input.js'
import { NodeFilterInput } from './node-filter.input.js'
import { PathPattern } from './path-pattern.scalar.js'
import { PathRankEnum } from './question.enum.js'
import { GraphRefInput } from './ref.input.js'
import { StrongestExpressionInput } from './strongest-expression.input.js'
import { TokenChoiceInput } from './token-choice.input.js'
import { UnrollExpressionInput } from './unroll-expression.input.js'

@InputType('NodeSelector', { description: 'Which nodes a question speaks of: exactly one of these.' })
export class NodeSelectorInput {
  @Field(() => [String], { nullable: true, description: 'Addresses; one that the graph lacks is a problem.' })
  addresses?: string[] | null

  @Field(() => NodeFilterInput, { nullable: true, description: 'All nodes that fit.' })
  where?: NodeFilterInput | null

  @Field(() => [TokenChoiceInput], { nullable: true, description: 'Token nodes.' })
  tokens?: TokenChoiceInput[] | null

  @Field(() => [TokenChoiceInput], { nullable: true, description: 'Logit nodes.' })
  logits?: TokenChoiceInput[] | null

  @Field(() => ID, { nullable: true, description: 'Members of a supernode, by the id of its annotation.' })
  supernode?: string | null

  @Field(() => GraphExpressionInput, {
    nullable: true,
    description: 'Nodes of the graph that this expression gives, as far as the graph asked has them.',
  })
  expression?: GraphExpressionInput | null
}

@InputType('PathEnd', {
  description:
    'Where paths begin or end: exactly one of these. On a graph of weights, a token or a logit that is not a node of the graph is attached to it through its embedding or unembedding row.',
})
export class PathEndInput extends NodeSelectorInput {
  @Field(() => String, {
    nullable: true,
    description: 'token(5), logit(5), or a contrast logit(5)-logit(7), attached to a graph of weights.',
  })
  attached?: string | null
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

@InputType('NeighbourhoodExpression', {
  description:
    'The nodes with what stands around them along and against edges, and all edges between: step by step, within a step by the largest abs(value) of a link to the step before, then in canonical order.',
})
export class NeighbourhoodExpressionInput {
  @Field(() => NodeSelectorInput, { description: 'The nodes in the middle; they belong to the result.' })
  of!: NodeSelectorInput

  @Field(() => Int, { description: 'Most steps away, 1 to 100; beyond that it is refused.' })
  hops!: number

  @Field(() => Int, {
    description: 'Most nodes beside those in the middle, 1 to 100,000; beyond that it is refused.',
  })
  first!: number

  @Field(() => LinksInput, { nullable: true, description: 'Implied links; default residual, OV_AND_QK.' })
  links?: LinksInput | null
}

@InputType('PathsExpression', {
  description: 'The nodes of the strongest paths together, and the stored edges that these use.',
})
export class PathsExpressionInput {
  @Field(() => PathPattern, { nullable: true, description: 'Only paths that it matches.' })
  pattern?: string | null

  @Field(() => PathEndInput, {
    nullable: true,
    description: 'Where paths begin; default: the tokens of an attribution graph, else nodes without inputs.',
  })
  from?: PathEndInput | null

  @Field(() => PathEndInput, {
    nullable: true,
    description: 'Where paths end; default: the logits of an attribution graph, else nodes without outputs.',
  })
  to?: PathEndInput | null

  @Field(() => PathRankEnum, { nullable: true, description: 'Default: by the graph’s edgeMeaning.' })
  rankBy?: keyof typeof PathRankEnum | null

  @Field(() => Int, { description: 'How many paths, 1 to 10,000; beyond that it is refused.' })
  first!: number

  @Field(() => LinksInput, { nullable: true, description: 'Implied links; default residual, OV_ONLY.' })
  links?: LinksInput | null
}

@InputType('DifferenceExpression', {
  description:
    'Edges of the first graph that none of the others has, and the nodes that keep an edge or are in none of the others.',
})
export class DifferenceExpressionInput {
  @Field(() => GraphExpressionInput, { description: 'The graph that something is taken from.' })
  of!: GraphExpressionInput

  @Field(() => [GraphExpressionInput], { description: 'What is taken away.' })
  minus!: GraphExpressionInput[]
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

  @Field(() => NeighbourhoodExpressionInput, {
    nullable: true,
    description: 'What stands around some nodes, strongest first.',
  })
  neighbourhood?: NeighbourhoodExpressionInput | null

  @Field(() => StrongestExpressionInput, { nullable: true, description: 'The strongest nodes or edges.' })
  strongest?: StrongestExpressionInput | null

  @Field(() => InfluenceExpressionInput, { nullable: true, description: 'Pruning by influence.' })
  influence?: InfluenceExpressionInput | null

  @Field(() => PathsExpressionInput, { nullable: true, description: 'The strongest paths together.' })
  paths?: PathsExpressionInput | null

  @Field(() => [GraphExpressionInput], {
    nullable: true,
    description:
      'Nodes and edges that any of these has, by address; values are those of the first that has them. Nothing is induced.',
  })
  union?: GraphExpressionInput[] | null

  @Field(() => [GraphExpressionInput], {
    nullable: true,
    description: 'Nodes and edges that all of these have, by address, with the values of the first.',
  })
  intersection?: GraphExpressionInput[] | null

  @Field(() => DifferenceExpressionInput, { nullable: true, description: 'One graph without others.' })
  difference?: DifferenceExpressionInput | null

  @Field(() => NodeSelectorInput, {
    nullable: true,
    description: 'Everything but these nodes and their edges.',
  })
  without?: NodeSelectorInput | null

  @Field(() => UnrollExpressionInput, {
    nullable: true,
    description: 'The graph on one prompt, as derivatives; of sparse models and circuits of their weights.',
  })
  unroll?: UnrollExpressionInput | null

  @Field(() => CollapseExpressionInput, { nullable: true, description: 'Groups of nodes as one node each.' })
  collapse?: CollapseExpressionInput | null

  @Field(() => GraphRefInput, {
    nullable: true,
    description: 'Another graph of the same model, whole, whatever graph the expression is applied to.',
  })
  graph?: GraphRefInput | null

  @Field(() => [GraphExpressionInput], {
    nullable: true,
    description: 'Several in a row, each applied to the result of the one before.',
  })
  pipe?: GraphExpressionInput[] | null
}

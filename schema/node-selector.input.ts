import { Field, ID, InputType } from 'type-graphql'
import { NodeFilterInput } from './node-filter.input.js'
import { SafeInt } from './safe-int.scalar.js'

@InputType('TokenChoice', {
  description: 'A token by id or text (one of the two), at a position where one is given.',
})
export class TokenChoiceInput {
  @Field(() => SafeInt, { nullable: true, description: 'Vocabulary id.' })
  id?: number | null

  @Field(() => String, { nullable: true, description: 'Text, exactly.' })
  text?: string | null

  @Field(() => SafeInt, { nullable: true, description: 'Token position, from 0; left out: any.' })
  position?: number | null
}

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

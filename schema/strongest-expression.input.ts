import { Field, InputType, Int } from 'type-graphql'
import { describedEnum } from './described-enum.js'
import { WeightedNodeInput } from './influence-expression.input.js'

export const StrengthPresetEnum = describedEnum<
  'EDGE_WEIGHT' | 'NODE_WEIGHT' | 'EDGE_INFLUENCE' | 'NODE_INFLUENCE'
>('StrengthPreset', 'What makes an edge or a node strong.', {
  EDGE_WEIGHT: 'Edges, by abs(weight).',
  NODE_WEIGHT: 'Nodes, by the sum of abs(weight) over their edges.',
  EDGE_INFLUENCE: 'Edges, by the influence on the logits that passes them.',
  NODE_INFLUENCE: 'Nodes, by their influence on the logits.',
})

@InputType('Strength', { description: 'What is strong, and how it is weighed: exactly one of these.' })
export class StrengthInput {
  @Field(() => StrengthPresetEnum, { nullable: true, description: 'Weights or influence.' })
  preset?: keyof typeof StrengthPresetEnum | null

  @Field(() => String, { nullable: true, description: 'Nodes, by the absolute value of this score.' })
  score?: string | null
}

@InputType('StrongestExpression', {
  description:
    'The strongest nodes with all edges between them, or the strongest edges with their ends. What has no value, or 0, is never among them; ties follow canonical order.',
})
export class StrongestExpressionInput {
  @Field(() => Int, { description: 'How many, 1 to 100,000; beyond that it is refused.' })
  first!: number

  @Field(() => StrengthInput, { description: 'What is strong.' })
  by!: StrengthInput

  @Field(() => [WeightedNodeInput], {
    nullable: true,
    description: 'For influence: start weights, for graphs whose logits carry no probabilities.',
  })
  on?: WeightedNodeInput[] | null
}

import { Field, InputType, Int } from 'type-graphql'
import { GatesInput } from './gates.input.js'
import { NodeSelectorInput } from './graph-expression.input.js'
import { PromptInput } from './measured-prompt.input.js'
import { PositionChoiceInput } from './position-choice.input.js'
import { ReplacementInput } from './replacement.input.js'

@InputType('Clamp', { description: 'Bounds, activation units.' })
export class ClampInput {
  @Field(() => Number, { description: 'Lowest value.' })
  least!: number

  @Field(() => Number, { description: 'Highest value.' })
  most!: number
}

@InputType('InterventionChange', { description: 'What an intervention does: exactly one of these.' })
export class InterventionChangeInput {
  @Field(() => Number, { nullable: true, description: 'Sets the activation to this value.' })
  set?: number | null

  @Field(() => Number, { nullable: true, description: 'Adds this to the activation.' })
  add?: number | null

  @Field(() => Number, { nullable: true, description: 'Multiplies the activation by this.' })
  scale?: number | null

  @Field(() => ClampInput, { nullable: true, description: 'Keeps the activation within bounds.' })
  clamp?: ClampInput | null

  @Field(() => ReplacementInput, {
    nullable: true,
    description: 'Replaces the activation as an ablation would.',
  })
  replacement?: ReplacementInput | null
}

@InputType('Intervention', { description: 'Activations changed by hand before the run goes on.' })
export class InterventionInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Address of a channel of the model, such as 0.mlp.post_act[3], or of a node of a graph without a model; this or nodes.',
  })
  address?: string | null

  @Field(() => NodeSelectorInput, { nullable: true, description: 'Nodes of the graph; this or an address.' })
  nodes?: NodeSelectorInput | null

  @Field(() => PositionChoiceInput, { nullable: true, description: 'Where; left out: at every position.' })
  positions?: PositionChoiceInput | null

  @Field(() => InterventionChangeInput, { description: 'The change.' })
  change!: InterventionChangeInput
}

@InputType('Generation', { description: 'Text to be added token by token.' })
export class GenerationInput {
  @Field(() => Int, {
    description:
      'Tokens to add; all but the last are read again, and together with the prompt those may not be more than the model reads.',
  })
  length!: number

  @Field(() => Number, {
    defaultValue: 0,
    description: '0 takes the most probable token, lowest id among equals; higher draws more evenly.',
  })
  temperature!: number

  @Field(() => Int, { defaultValue: 0, description: 'Seed of the draw.' })
  seed!: number
}

@InputType('RunInput', {
  description: 'A run of the model; on a circuit, everything outside it is replaced.',
})
export class RunInput extends GatesInput {
  @Field(() => PromptInput, {
    nullable: true,
    description: 'The prompt; left out only on graphs without a model, which speak of their own.',
  })
  prompt?: PromptInput | null

  @Field(() => Int, { defaultValue: 10, description: 'How many next tokens to list, 1 to 1,000.' })
  top!: number

  @Field(() => Int, { nullable: true, description: 'Vocabulary id of the right next token, for the loss.' })
  target?: number | null

  @Field(() => Int, { nullable: true, description: 'Vocabulary id of the token it is weighed against.' })
  alternative?: number | null

  @Field(() => [String], {
    defaultValue: [],
    description:
      'Addresses of channels whose activations to give back, without positions; of nodes of a graph without a model, whose estimated changes are given back.',
  })
  activations!: string[]

  @Field(() => [Int], { defaultValue: [], description: 'Layers whose attention patterns to give back.' })
  attentionLayers!: number[]

  @Field(() => [InterventionInput], {
    defaultValue: [],
    description: 'Activations changed by hand, in this order.',
  })
  interventions!: InterventionInput[]

  @Field(() => GenerationInput, { nullable: true, description: 'Text to be added.' })
  generate?: GenerationInput | null

  @Field(() => ReplacementInput, {
    nullable: true,
    description: 'On a circuit: what takes the place of everything outside it; default MEAN.',
  })
  replacement?: ReplacementInput | null

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'May a linear estimate on the graph answer where no model can be run? It gives changes of logits under the interventions, and says that it is one.',
  })
  allowEstimate!: boolean
}

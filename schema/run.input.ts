import { Field, InputType, Int } from 'type-graphql'
import { PromptInput } from './measured-prompt.input.js'
import { ReplacementInput } from './replacement.input.js'

@InputType('InterventionChange', { description: 'What an intervention does: exactly one of these.' })
export class InterventionChangeInput {
  @Field(() => Number, { nullable: true, description: 'Sets the activation to this value.' })
  set?: number | null
}

@InputType('Intervention', { description: 'An activation changed by hand before the run goes on.' })
export class InterventionInput {
  @Field(() => String, { description: 'Address of a channel, such as 0.mlp.post_act[3].' })
  address!: string

  @Field(() => [Int], { nullable: true, description: 'Token positions, from 0; left out: all.' })
  positions?: number[] | null

  @Field(() => InterventionChangeInput, { description: 'The change.' })
  change!: InterventionChangeInput
}

@InputType('RunInput', {
  description: 'A run of the model; on a circuit, everything outside it is replaced.',
})
export class RunInput {
  @Field(() => PromptInput, { description: 'The prompt.' })
  prompt!: PromptInput

  @Field(() => Int, { defaultValue: 10, description: 'How many next tokens to list, 1 to 1,000.' })
  top!: number

  @Field(() => Int, { nullable: true, description: 'Vocabulary id of the right next token, for the loss.' })
  target?: number | null

  @Field(() => Int, { nullable: true, description: 'Vocabulary id of the token it is weighed against.' })
  alternative?: number | null

  @Field(() => [String], {
    defaultValue: [],
    description: 'Addresses of channels whose activations to give back, without positions.',
  })
  activations!: string[]

  @Field(() => [Int], { defaultValue: [], description: 'Layers whose attention patterns to give back.' })
  attentionLayers!: number[]

  @Field(() => [InterventionInput], { defaultValue: [], description: 'Activations changed by hand.' })
  interventions!: InterventionInput[]

  @Field(() => ReplacementInput, {
    nullable: true,
    description: 'On a circuit: what takes the place of everything outside it; default MEAN.',
  })
  replacement?: ReplacementInput | null
}

import { Field, InputType } from 'type-graphql'
import { MeasuredOnInput } from './measured-prompt.input.js'
import { MetricInput } from './metric.input.js'
import { NodeSelectorInput } from './node-selector.input.js'
import { AblationModeEnum, BackgroundEnum, SweepPresetEnum } from './question.enum.js'
import { ReplacementInput } from './replacement.input.js'

@InputType('AblationTarget', { description: 'What is ablated: exactly one of these.' })
export class AblationTargetInput {
  @Field(() => NodeSelectorInput, { nullable: true, description: 'Nodes.' })
  nodes?: NodeSelectorInput | null
}

@InputType('Sweep', { description: 'How the elements of the target are taken: exactly one of these.' })
export class SweepInput {
  @Field(() => SweepPresetEnum, { nullable: true, description: 'By name.' })
  preset?: keyof typeof SweepPresetEnum | null
}

@InputType('AblationInput', { description: 'Which nodes to replace by what, and what to measure.' })
export class AblationInput {
  @Field(() => AblationTargetInput, { description: 'What is ablated.' })
  target!: AblationTargetInput

  @Field(() => AblationModeEnum, { defaultValue: 'REMOVE', description: 'Which side is replaced.' })
  mode!: keyof typeof AblationModeEnum

  @Field(() => BackgroundEnum, {
    nullable: true,
    description:
      'In what it takes place. To be said on a circuit of a sparse model; a model is its own background.',
  })
  background?: keyof typeof BackgroundEnum | null

  @Field(() => [ReplacementInput], {
    defaultValue: [{ preset: 'ZERO' }],
    description: 'What takes its place; several are answered side by side.',
  })
  replacements!: ReplacementInput[]

  @Field(() => MeasuredOnInput, {
    nullable: true,
    description:
      'What it is measured on; needed wherever a model is run, without meaning on attribution graphs.',
  })
  on?: MeasuredOnInput | null

  @Field(() => [MetricInput], { description: 'What is measured; several are answered side by side.' })
  metrics!: MetricInput[]

  @Field(() => SweepInput, {
    defaultValue: { preset: 'TOGETHER' },
    description: 'All at once, or one after another.',
  })
  sweep!: SweepInput

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'May a linear estimate on the graph answer where no model can be run? The answer says so.',
  })
  allowEstimate!: boolean
}

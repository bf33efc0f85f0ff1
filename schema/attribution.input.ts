import { Field, InputType } from 'type-graphql'
import { MeasuredOnInput } from './measured-prompt.input.js'
import { MetricInput } from './metric.input.js'
import { NodeSelectorInput } from './node-selector.input.js'
import { AttributionElementEnum, AttributionMethodPresetEnum } from './question.enum.js'
import { ReplacementInput } from './replacement.input.js'

@InputType('AttributionMethod', { description: 'How scores are made: exactly one of these.' })
export class AttributionMethodInput {
  @Field(() => AttributionMethodPresetEnum, { nullable: true, description: 'A method without settings.' })
  preset?: keyof typeof AttributionMethodPresetEnum | null
}

@InputType('AttributionInput', { description: 'Which elements to score for which metric, and how.' })
export class AttributionInput {
  @Field(() => MetricInput, { description: 'What is explained.' })
  metric!: MetricInput

  @Field(() => AttributionElementEnum, { defaultValue: 'NODES', description: 'What gets a score.' })
  of!: keyof typeof AttributionElementEnum

  @Field(() => AttributionMethodInput, { description: 'How scores are made.' })
  method!: AttributionMethodInput

  @Field(() => NodeSelectorInput, { nullable: true, description: 'Only these nodes; left out: all.' })
  nodes?: NodeSelectorInput | null

  @Field(() => ReplacementInput, {
    defaultValue: { preset: 'ZERO' },
    description: 'What nodes are weighed against.',
  })
  baseline!: ReplacementInput

  @Field(() => MeasuredOnInput, {
    nullable: true,
    description:
      'What it is measured on; needed wherever a model is run, without meaning on attribution graphs.',
  })
  on?: MeasuredOnInput | null

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'May a linear estimate on the graph answer where no model can be run? The answer says so.',
  })
  allowEstimate!: boolean
}

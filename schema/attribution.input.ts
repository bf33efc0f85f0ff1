import { Field, InputType, Int } from 'type-graphql'
import { GatesInput } from './gates.input.js'
import { NodeSelectorInput } from './graph-expression.input.js'
import { MeasuredOnInput } from './measured-prompt.input.js'
import { MetricInput } from './metric.input.js'
import {
  AttributionElementEnum,
  AttributionMethodPresetEnum,
  BackgroundEnum,
  MeasuredAtEnum,
  PairSidesEnum,
  QuadratureEnum,
} from './question.enum.js'
import { ReplacementInput } from './replacement.input.js'

type Rule = keyof typeof QuadratureEnum

@InputType('AttributionPatching', {
  description: 'Attribution patching with the two repairs of AtP* (Kramár et al. 2024).',
})
export class AttributionPatchingInput {
  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'For q and k the softmax is computed anew with only that query or key replaced. Refused for tokens, which are neither.',
  })
  qkFix!: boolean

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Gradients with one layer after another left out, absolute values averaged: finds what cancels, and loses the sign.',
  })
  gradDrop!: boolean
}

@InputType('IntegratedGradients', { description: 'Gradients averaged on the way to the baseline.' })
export class IntegratedGradientsInput {
  @Field(() => Int, {
    nullable: true,
    description:
      'Gradients per site, 1 to 256; left out: doubled until the gap is below 1 % or is not closing.',
  })
  steps?: number | null

  @Field(() => QuadratureEnum, { defaultValue: 'MIDPOINT', description: 'Where the integral is sampled.' })
  rule!: Rule
}

@InputType('EdgeIntegratedGradients', {
  description: 'EAP-IG: gradients averaged over runs whose input embedding is on the way to the baseline’s.',
})
export class EdgeIntegratedGradientsInput {
  @Field(() => Int, { defaultValue: 8, description: 'Gradients, 1 to 256.' })
  steps!: number

  @Field(() => QuadratureEnum, { defaultValue: 'MIDPOINT', description: 'Where the integral is sampled.' })
  rule!: Rule
}

@InputType('Shapley', {
  description:
    'Shapley values by exact ablation: mean contribution over orders in which elements join; exact for up to 14 elements.',
})
export class ShapleyInput {
  @Field(() => Int, {
    defaultValue: 32,
    description: 'Orders drawn, each with its reverse; without meaning for up to 14 elements.',
  })
  permutations!: number

  @Field(() => Int, { defaultValue: 0, description: 'Seed of the draw.' })
  seed!: number
}

@InputType('AttributionMethod', { description: 'How scores are made: exactly one of these.' })
export class AttributionMethodInput {
  @Field(() => AttributionMethodPresetEnum, { nullable: true, description: 'A method without settings.' })
  preset?: keyof typeof AttributionMethodPresetEnum | null

  @Field(() => AttributionPatchingInput, { nullable: true, description: 'Attribution patching.' })
  attributionPatching?: AttributionPatchingInput | null

  @Field(() => IntegratedGradientsInput, {
    nullable: true,
    description: 'Integrated gradients, site by site.',
  })
  integratedGradients?: IntegratedGradientsInput | null

  @Field(() => EdgeIntegratedGradientsInput, { nullable: true, description: 'EAP-IG.' })
  edgeIntegratedGradients?: EdgeIntegratedGradientsInput | null

  @Field(() => ShapleyInput, { nullable: true, description: 'Shapley values.' })
  shapley?: ShapleyInput | null
}

@InputType('AttributionInput', { description: 'Which elements to score for which metric, and how.' })
export class AttributionInput extends GatesInput {
  @Field(() => MetricInput, { description: 'What is explained.' })
  metric!: MetricInput

  @Field(() => AttributionElementEnum, { defaultValue: 'NODES', description: 'What gets a score.' })
  of!: keyof typeof AttributionElementEnum

  @Field(() => AttributionMethodInput, { description: 'How scores are made.' })
  method!: AttributionMethodInput

  @Field(() => NodeSelectorInput, {
    nullable: true,
    description:
      'Only these nodes, the edges between them, or their heads; left out: all. Refused for tokens where a model is run: they are no nodes there.',
  })
  nodes?: NodeSelectorInput | null

  @Field(() => ReplacementInput, {
    defaultValue: { preset: 'ZERO' },
    description:
      'What elements are weighed against. For tokens it says which rows stand instead: zeros, one value everywhere, those of the other prompt or of drawn text at the same position, or the mean rows over the tokens of a reference set; mean {referenceSet: [[7]]} is token 7 itself.',
  })
  baseline!: ReplacementInput

  @Field(() => BackgroundEnum, {
    defaultValue: 'MODEL',
    description:
      'What is explained: the model, or the circuit alone, with everything outside it at the baseline. Without meaning on graphs without a model.',
  })
  background!: keyof typeof BackgroundEnum

  @Field(() => MeasuredOnInput, {
    nullable: true,
    description:
      'What it is measured on; needed wherever a model is run, without meaning on attribution graphs.',
  })
  on?: MeasuredOnInput | null

  @Field(() => PairSidesEnum, { defaultValue: 'BOTH', description: 'Which prompts of pairs are measured.' })
  sides!: keyof typeof PairSidesEnum

  @Field(() => MeasuredAtEnum, {
    defaultValue: 'ALL',
    description: 'Where prompts without a target are measured.',
  })
  at!: keyof typeof MeasuredAtEnum

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'May a linear estimate on the graph answer where no model can be run? The answer says so.',
  })
  allowEstimate!: boolean
}

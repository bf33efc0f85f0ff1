import { Field, InputType, Int } from 'type-graphql'
import { EdgeFilterInput } from './edge-filter.input.js'
import { GatesInput } from './gates.input.js'
import { NodeSelectorInput } from './graph-expression.input.js'
import { MeasuredOnInput } from './measured-prompt.input.js'
import { MetricInput } from './metric.input.js'
import { PositionChoiceInput } from './position-choice.input.js'
import {
  AblationDirectionEnum,
  AblationModeEnum,
  BackgroundEnum,
  CumulativeOrderEnum,
  MeasuredAtEnum,
  PairSidesEnum,
  SweepPresetEnum,
} from './question.enum.js'
import { ReplacementInput } from './replacement.input.js'

@InputType('EdgeSelector', { description: 'Which edges a question speaks of: exactly one of these.' })
export class EdgeSelectorInput {
  @Field(() => [String], {
    nullable: true,
    description:
      'Addresses of edges of the graph, or of residual links such as 0.attn.resid_delta[3]->1.mlp.act_in[3].',
  })
  addresses?: string[] | null

  @Field(() => EdgeFilterInput, { nullable: true, description: 'All stored edges that fit.' })
  where?: EdgeFilterInput | null
}

@InputType('AblationTarget', { description: 'What is ablated: exactly one of these.' })
export class AblationTargetInput {
  @Field(() => NodeSelectorInput, { nullable: true, description: 'Nodes.' })
  nodes?: NodeSelectorInput | null

  @Field(() => EdgeSelectorInput, {
    nullable: true,
    description: 'Edges: only the reader of each sees the replacement of its source.',
  })
  edges?: EdgeSelectorInput | null

  @Field(() => [[String]], {
    nullable: true,
    description:
      'Paths, 1 to 1,000: addresses of channels from source to end, neighbours joined by a weight (act_in to q, k, v or post_act; v or post_act to resid_delta) or a residual link (resid_delta or embed to a later act_in or final_resid). A path ends at a write, from which the logits read on, or at final_resid. Only what flows along the paths is replaced, or kept; gates are FROZEN unless said.',
  })
  paths?: string[][] | null
}

@InputType('CumulativeSweep', { description: 'Growing sets of a ranking, one row per size.' })
export class CumulativeSweepInput {
  @Field(() => [String], {
    nullable: true,
    description: 'Addresses in the target, most important first; left out: canonical order.',
  })
  ranking?: string[] | null

  @Field(() => CumulativeOrderEnum, {
    defaultValue: 'FIRST_TO_LAST',
    description: 'From which end elements join.',
  })
  order!: keyof typeof CumulativeOrderEnum

  @Field(() => [Int], { nullable: true, description: 'Sizes, from 0; left out: every size from 1.' })
  sizes?: number[] | null
}

@InputType('Sweep', { description: 'How the elements of the target are taken: exactly one of these.' })
export class SweepInput {
  @Field(() => SweepPresetEnum, { nullable: true, description: 'By name.' })
  preset?: keyof typeof SweepPresetEnum | null

  @Field(() => CumulativeSweepInput, { nullable: true, description: 'Growing sets of a ranking.' })
  cumulative?: CumulativeSweepInput | null
}

@InputType('AblationInput', { description: 'What to replace by what, and what to measure.' })
export class AblationInput extends GatesInput {
  @Field(() => AblationTargetInput, { description: 'What is ablated.' })
  target!: AblationTargetInput

  @Field(() => PositionChoiceInput, {
    nullable: true,
    description: 'Where replacements are made; left out: at every position.',
  })
  positions?: PositionChoiceInput | null

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
    description: 'What takes its place; several are answered side by side, with their rank agreement.',
  })
  replacements!: ReplacementInput[]

  @Field(() => AblationDirectionEnum, {
    defaultValue: 'NOISING',
    description: 'Which prompt of a pair is run.',
  })
  direction!: keyof typeof AblationDirectionEnum

  @Field(() => MeasuredOnInput, {
    nullable: true,
    description:
      'What it is measured on; needed wherever a model is run, without meaning on attribution graphs.',
  })
  on?: MeasuredOnInput | null

  @Field(() => MeasuredOnInput, {
    nullable: true,
    description:
      'What OPTIMAL_CONSTANT is fitted on. Left out: every second example of `on` is fitted on, and all replacements are measured on the others.',
  })
  train?: MeasuredOnInput | null

  @Field(() => PairSidesEnum, { defaultValue: 'BOTH', description: 'Which prompts of pairs are measured.' })
  sides!: keyof typeof PairSidesEnum

  @Field(() => MeasuredAtEnum, {
    defaultValue: 'ALL',
    description: 'Where prompts without a target are measured.',
  })
  at!: keyof typeof MeasuredAtEnum

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

import { Field, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { IntervalType, MeasuredDataType, UsedReplacementType } from './measured.type.js'
import { InterchangePromptsEnum, VerdictEnum } from './question.enum.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('LossFacts', { simpleResolvers: true, description: 'How a run does, mean over prompts.' })
export class LossFactsType {
  @Field(() => Number, { description: 'Loss between the two answers, nats per side; a guess has ln 2.' })
  loss!: number

  @Field(() => Number, {
    description: 'D: right minus wrong logit, mean over both sides; 0 for any constant guess.',
  })
  difference!: number

  @Field(() => Number, { description: 'Share of prompts answered rightly, 0…1.' })
  accuracy!: number
}

@ObjectType('FaithfulnessReading', {
  simpleResolvers: true,
  description: 'How a part of the model does on its own, or the model without it.',
})
export class FaithfulnessReadingType extends LossFactsType {
  @Field(() => Number, { description: 'KL(model‖part) at the last position, nats, from 0.' })
  divergence!: number

  @Field(() => Number, {
    nullable: true,
    description:
      '(D − D(empty)) ÷ (D(model) − D(empty)), never clamped; null where empty and model measure the same.',
  })
  againstEmpty!: number | null

  @Field(() => Number, {
    nullable: true,
    description:
      '(ln 2 − loss) ÷ (ln 2 − loss(model)): 1 as good as the model, 0 a guess; null for a model at chance.',
  })
  aboveChance!: number | null

  @Field(() => IntervalType, { nullable: true, description: 'Interval of aboveChance, drawn by template.' })
  interval!: IntervalType | null
}

@ObjectType('RandomCircuits', {
  simpleResolvers: true,
  description: 'Circuits of the same size, matched by site, aliveness and degree.',
})
export class RandomCircuitsType {
  @Field(() => SafeInt, { description: 'How many were drawn.' })
  draws!: number

  @Field(() => [Number], { description: 'Loss of each, nats per side.' })
  losses!: number[]

  @Field(() => [Number], { nullable: 'items', description: 'aboveChance of each.' })
  aboveChance!: (number | null)[]

  @Field(() => Number, { nullable: true, description: 'Mean of aboveChance; null without draws.' })
  mean!: number | null
}

@ObjectType('CircuitCompleteness', {
  simpleResolvers: true,
  description: 'Whether the circuit without a part of it does what the model does without that part.',
})
export class CircuitCompletenessType {
  @Field(() => SafeInt, { description: 'Random halves K of the circuit.' })
  draws!: number

  @Field(() => [Number], { description: '|D(circuit∖K) − D(model∖K)| for each, in logits; 0 is complete.' })
  incompleteness!: number[]
}

@ObjectType('NodeMinimality', {
  simpleResolvers: true,
  description: 'What one node of the circuit is needed for.',
})
export class NodeMinimalityType {
  @Field(() => String, { description: 'Address of the node.' })
  address!: string

  @Field(() => Number, { description: '|D(circuit without it) − D(circuit)|, logits; 0 could go.' })
  change!: number
}

@ObjectType('SizeCurvePoint', {
  simpleResolvers: true,
  description: 'The first items of a ranking kept alone.',
})
export class SizeCurvePointType {
  @Field(() => Number, { description: 'Nominal share of the universe, 0…1.' })
  share!: number

  @Field(() => SafeInt, { description: 'Channels kept: the share of the universe, truncated.' })
  items!: number

  @Field(() => Number, { description: 'Loss, nats per side.' })
  loss!: number

  @Field(() => Number, { description: 'D, logits.' })
  difference!: number

  @Field(() => Number, { nullable: true, description: 'f against the empty circuit, on D.' })
  againstEmpty!: number | null

  @Field(() => Number, { nullable: true, description: 'f above chance, on the loss.' })
  aboveChance!: number | null
}

@ObjectType('SizeCurveAreas', {
  simpleResolvers: true,
  description: 'Areas of the curve by the trapezoid rule on the nominal shares, as in the MIB benchmark.',
})
export class SizeCurveAreasType {
  @Field(() => Number, { description: 'CPR: ∫ f dk; 0.999 for f ≡ 1 on the published grid.' })
  cpr!: number

  @Field(() => Number, { description: 'CMD: ∫ |1 − f| dk; 0 is best.' })
  cmd!: number
}

@ObjectType('SizeCurve', { simpleResolvers: true, description: 'Faithfulness over circuit size.' })
export class SizeCurveType {
  @Field(() => String, { description: 'Whose channels were kept: MODEL or CIRCUIT.' })
  universe!: string

  @Field(() => String, { description: 'How they were ranked, in words.' })
  ranking!: string

  @Field(() => Boolean, { description: 'By signed score, or by its size?' })
  signed!: boolean

  @Field(() => [SizeCurvePointType], { description: 'One per share of the grid.' })
  points!: SizeCurvePointType[]

  @Field(() => SizeCurveAreasType, {
    nullable: true,
    description: 'CPR and CMD; null where faithfulness is undefined.',
  })
  areas!: SizeCurveAreasType | null
}

@ObjectType('Interchange', {
  simpleResolvers: true,
  description:
    'Parts of the circuit at their values on another prompt, position by position: do they move the model’s answer as they move the circuit’s? A move is a change of the logit difference, right minus wrong answer.',
})
export class InterchangeType {
  @Field(() => InterchangePromptsEnum, { description: 'Which prompts.' })
  prompts!: keyof typeof InterchangePromptsEnum

  @Field(() => String, { description: 'Where recipients and sources came from, in words.' })
  origin!: string

  @Field(() => SafeInt, { description: 'Prompts that received values; each received every part once.' })
  recipients!: number

  @Field(() => SafeInt, { description: 'Parts of the circuit: random halves of it, and all of it.' })
  parts!: number

  @Field(() => Number, { description: 'Mean size of the model’s moves, logits, from 0.' })
  modelMove!: number

  @Field(() => Number, {
    description: 'Mean size of what the circuit’s move differs from the model’s, logits; 0 is best.',
  })
  missed!: number

  @Field(() => Number, {
    nullable: true,
    description:
      '1 − Σ(circuit’s move − model’s move)² ÷ Σ(model’s move)²: 1 follows the model, 0 is a circuit that does not move, below 0 moves astray. Null where the model does not move.',
  })
  explained!: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'Pearson’s correlation of the moves, −1…1; null where one of them does not vary.',
  })
  correlation!: number | null
}

@ObjectType('FaithfulnessControl', {
  simpleResolvers: true,
  description: 'What a sceptic asks, and what came out.',
})
export class FaithfulnessControlType {
  @Field(() => String, { description: 'Stable name of the control.' })
  name!: string

  @Field(() => String, { description: 'What was compared with what, with numbers.' })
  finding!: string

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it speaks for the circuit; null where it gives a number only or was not measured.',
  })
  passed!: boolean | null
}

@ObjectType('FaithfulnessAnswer', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'Whether a circuit is the behaviour: sufficient, necessary, better than others of its size.',
})
export class FaithfulnessAnswerType {
  @Field(() => String, { description: 'The finding for people, above chance.' })
  sentence!: string

  @Field(() => VerdictEnum, { description: 'The verdict.' })
  verdict!: keyof typeof VerdictEnum

  @Field(() => [String], { description: 'Why the verdict is not SUPPORTED; empty where it is.' })
  reasons!: string[]

  @Field(() => [String], {
    description:
      'EMPTY_CIRCUIT_WORSE_THAN_CHANCE: f against the empty circuit flatters. BETTER_THAN_MODEL: the circuit has less loss than the model.',
  })
  flags!: string[]

  @Field(() => SafeInt, { description: 'Channels that the circuit keeps.' })
  nodes!: number

  @Field(() => SafeInt, { description: 'Channels that can be masked.' })
  universeSize!: number

  @Field(() => UsedReplacementType, { description: 'What took the place of the rest.' })
  replacement!: UsedReplacementType

  @Field(() => MeasuredDataType, { description: 'What it was measured on.' })
  dataSet!: MeasuredDataType

  @Field(() => Boolean, { description: 'Were the measured templates kept from every ranking and search?' })
  heldOut!: boolean

  @Field(() => LossFactsType, { description: 'The whole model.' })
  model!: LossFactsType

  @Field(() => LossFactsType, { description: 'Everything maskable replaced.' })
  empty!: LossFactsType

  @Field(() => FaithfulnessReadingType, { description: 'The circuit alone.' })
  sufficiency!: FaithfulnessReadingType

  @Field(() => FaithfulnessReadingType, { description: 'The model without the circuit.' })
  necessity!: FaithfulnessReadingType

  @Field(() => RandomCircuitsType, { description: 'Others of its size.' })
  random!: RandomCircuitsType

  @Field(() => CircuitCompletenessType, { description: 'Against the model, part by part.' })
  completeness!: CircuitCompletenessType

  @Field(() => [NodeMinimalityType], {
    description: 'Node by node, in forward order; empty above 2,000 nodes.',
  })
  minimality!: NodeMinimalityType[]

  @Field(() => SizeCurveType, { description: 'Over circuit size.' })
  curve!: SizeCurveType

  @Field(() => [InterchangeType], {
    description:
      'Interchange with prompts of other templates, where there are such, and off the task’s distribution.',
  })
  interchanges!: InterchangeType[]

  @Field(() => [FaithfulnessControlType], { description: 'Every control.' })
  controls!: FaithfulnessControlType[]

  @Field(() => Number, {
    nullable: true,
    description:
      'Smallest gap at an AbsTopK cut in any run, activation units; null where the model has none.',
  })
  smallestMargin!: number | null
}

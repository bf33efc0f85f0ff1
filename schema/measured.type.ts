import { Field, ObjectType } from 'type-graphql'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('Interval', {
  simpleResolvers: true,
  description:
    'Percentile interval of a paired bootstrap over examples: prompts, or pairs with all their sides.',
})
export class IntervalType {
  @Field(() => Number, { description: 'Lower end, in the unit of the number.' })
  lower!: number

  @Field(() => Number, { description: 'Upper end, in the unit of the number.' })
  upper!: number

  @Field(() => Number, { description: 'Share of draws between the ends, 0…1.' })
  level!: number

  @Field(() => SafeInt, { description: 'Number of draws.' })
  draws!: number

  @Field(() => SafeInt, { description: 'Seed of the draws.' })
  seed!: number
}

@ObjectType('ReferenceSet', {
  simpleResolvers: true,
  description: 'The text that means were taken over, sequences drawn from or constants fitted on.',
})
export class ReferenceSetType {
  @Field(() => String, { description: 'Hash of the token sequences, or the id that the model came with.' })
  id!: string

  @Field(() => String, { description: 'Where it came from, in words.' })
  origin!: string

  @Field(() => SafeInt, { description: 'Number of sequences.' })
  sequences!: number

  @Field(() => SafeInt, { description: 'Number of tokens behind each mean.' })
  tokens!: number

  @Field(() => String, {
    description: 'PER_CHANNEL: one mean for all positions; PER_POSITION: one for each.',
  })
  axis!: string

  @Field(() => String, { description: 'What counts: first tokens, padding, after which step; in words.' })
  rules!: string
}

@ObjectType('ConstantFit', {
  simpleResolvers: true,
  description: 'How constants were fitted to everything that one row of an ablation replaces.',
})
export class ConstantFitType {
  @Field(() => String, {
    description: 'The row: background, empty, together, or the label of an element of the sweep.',
  })
  of!: string

  @Field(() => String, { description: 'The metric that was made best.' })
  metric!: string

  @Field(() => SafeInt, { description: 'How many constants.' })
  channels!: number

  @Field(() => Number, {
    description: 'Metric at the start, mean over the train examples, in its unit: at means, or at zeros.',
  })
  before!: number

  @Field(() => Number, {
    description: 'Metric with the fitted constants, mean over the train examples, in its unit.',
  })
  after!: number

  @Field(() => SafeInt, { description: 'Steps of the search.' })
  steps!: number

  @Field(() => Boolean, {
    description:
      'Did the search come to rest? If not, the constants are the best found in the steps allowed; a logit difference may grow without end.',
  })
  converged!: boolean
}

@ObjectType('UsedReplacement', {
  simpleResolvers: true,
  description: 'A replacement as it was used.',
})
export class UsedReplacementType {
  @Field(() => String, { description: 'Its name in the readings.' })
  name!: string

  @Field(() => ReferenceSetType, {
    nullable: true,
    description: 'The reference set; null where none was used.',
  })
  reference!: ReferenceSetType | null

  @Field(() => [ConstantFitType], {
    description: 'The fits behind OPTIMAL_CONSTANT; empty for other replacements.',
  })
  fits!: ConstantFitType[]
}

@ObjectType('MeasuredData', { simpleResolvers: true, description: 'What a number was measured on.' })
export class MeasuredDataType {
  @Field(() => String, { description: 'Hash of tokens, answers and sides: the same data, the same id.' })
  id!: string

  @Field(() => SafeInt, { description: 'Number of prompts that were run.' })
  prompts!: number

  @Field(() => SafeInt, { description: 'Number of examples: a pair counts once.' })
  examples!: number

  @Field(() => SafeInt, { description: 'Number of tokens in the prompts.' })
  tokens!: number
}

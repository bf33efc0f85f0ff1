/** What can be seen inside one channel of a sparse model: its activations, its wiring, its tokens. */
import { Field, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { CircuitNodeType } from './circuit-node.type.js'
import { connectionOf } from './connection.js'
import { PartnerKindEnum, TokenSideEnum } from './question.enum.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('ActivationExample', {
  simpleResolvers: true,
  description: 'A place in the surveyed text, with the channel’s value at every token around it.',
})
export class ActivationExampleType {
  @Field(() => SafeInt, { description: 'Sequence of the set, from 0.' })
  sequence!: number

  @Field(() => SafeInt, { description: 'Position in the sequence, from 0.' })
  position!: number

  @Field(() => Number, { description: 'Activation at the place, signed, activation units.' })
  value!: number

  @Field(() => Number, {
    description:
      'Share of the other tokens of the set that come before the place in ascending order of value, 0…1.',
  })
  quantile!: number

  @Field(() => [SafeInt], { description: 'Vocabulary ids of the whole sequence.' })
  tokens!: number[]

  @Field(() => [String], {
    nullable: 'items',
    description: 'Texts of the tokens; null where the model came without a vocabulary.',
  })
  texts!: (string | null)[]

  @Field(() => [Number], {
    description: 'Activation at each token of the sequence, signed, activation units.',
  })
  values!: number[]
}

@ObjectType('ActivationQuantile', {
  simpleResolvers: true,
  description: 'A quantile of activations, by nearest rank: a value that occurs.',
})
export class ActivationQuantileType {
  @Field(() => Number, { description: 'Share of tokens that do not exceed the value, at least; 0…1.' })
  probability!: number

  @Field(() => Number, { description: 'The value, activation units.' })
  value!: number
}

@ObjectType('ActivationHistogram', {
  simpleResolvers: true,
  description: 'How the values that are not 0 are spread, in bins of one width.',
})
export class ActivationHistogramType {
  @Field(() => [Number], {
    description:
      'Ends of the bins, one more than there are bins, activation units; a bin holds its lower end, the last both. Empty where all values are 0.',
  })
  edges!: number[]

  @Field(() => [SafeInt], { description: 'Number of tokens in each bin.' })
  counts!: number[]
}

@ObjectType('ChannelActivity', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description:
    'Activations of one channel over a set of texts: the whole model, after AbsTopK, every token, the first included.',
})
export class ChannelActivityType {
  @Field(() => String, { description: 'Hash of the token sequences, or the id that the model came with.' })
  referenceSetId!: string

  @Field(() => String, { description: 'Where the texts came from, in words.' })
  origin!: string

  @Field(() => SafeInt, { description: 'Number of sequences.' })
  sequences!: number

  @Field(() => SafeInt, { description: 'Number of tokens.' })
  tokens!: number

  @Field(() => Number, { description: 'Share of tokens at which the activation is not 0, 0…1.' })
  density!: number

  @Field(() => Number, { description: 'Mean over all tokens, zeros included, activation units.' })
  mean!: number

  @Field(() => [ActivationQuantileType], {
    description: 'At probabilities 0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99 and 1, over all tokens.',
  })
  quantiles!: ActivationQuantileType[]

  @Field(() => ActivationHistogramType, { description: 'Of the values that are not 0.' })
  histogram!: ActivationHistogramType

  @Field(() => [ActivationExampleType], { description: 'The places that were asked for.' })
  examples!: ActivationExampleType[]

  @Field(() => Number, {
    nullable: true,
    description: 'Smallest gap at an AbsTopK cut, activation units; null where the model has none.',
  })
  smallestMargin!: number | null
}

@ObjectType('ChannelPartner', {
  simpleResolvers: true,
  description: 'A channel that another one reads from or writes to, in the whole model.',
})
export class ChannelPartnerType {
  @Field(() => String, { description: 'Address of the channel at the other end.' })
  address!: string

  @Field(() => PartnerKindEnum, { description: 'How the two are linked.' })
  kind!: keyof typeof PartnerKindEnum

  @Field(() => Number, {
    nullable: true,
    description:
      'The stored weight, or for residual links the gain of the norm that reads (1 at final_resid); null for control links.',
  })
  weight!: number | null

  @Field(() => CircuitNodeType, {
    nullable: true,
    description: 'The node of this graph; null where the graph leaves the channel out.',
  })
  node!: CircuitNodeType | null
}

export const ChannelPartnerConnection = connectionOf(
  'ChannelPartner',
  () => ChannelPartnerType,
  'linked channels',
)

@ObjectType('ChannelPartners', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'What a channel is wired to, in the whole model; its `partners` are paged.',
})
export class ChannelPartnersType {}

@ObjectType('WeighedToken', { simpleResolvers: true, description: 'A token and how much it weighs.' })
export class WeighedTokenType {
  @Field(() => SafeInt, { description: 'Vocabulary id.' })
  id!: number

  @Field(() => String, {
    nullable: true,
    description: 'Text; null where the model came without a vocabulary.',
  })
  text!: string | null

  @Field(() => Number, {
    description:
      'Signed product of norm gain and embedding or unembedding weight; the spread that the norm divides by is left out.',
  })
  weight!: number
}

export const WeighedTokenConnection = connectionOf('WeighedToken', () => WeighedTokenType, 'weighed tokens')

@ObjectType('ChannelTokens', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'Tokens that weigh on a residual channel; they are paged.',
})
export class ChannelTokensType {
  @Field(() => TokenSideEnum, { description: 'At which end of the model they weigh.' })
  side!: keyof typeof TokenSideEnum
}

import { Field, InputType } from 'type-graphql'
import { GateEnum } from './question.enum.js'

type Gate = keyof typeof GateEnum

/** What every question that changes a run says about norms, attention and top-k. */
@InputType('Gates', { description: 'How norms, attention and top-k behave.' })
export class GatesInput {
  @Field(() => GateEnum, { defaultValue: 'LIVE', description: 'Mean and spread of every norm.' })
  norms!: Gate

  @Field(() => GateEnum, { defaultValue: 'LIVE', description: 'Attention patterns.' })
  attention!: Gate

  @Field(() => GateEnum, { defaultValue: 'LIVE', description: 'Which entries AbsTopK keeps.' })
  topK!: Gate
}

import { Field, InputType } from 'type-graphql'
import { GateEnum } from './question.enum.js'

type Gate = keyof typeof GateEnum

/** What every question that changes a run says about norms, attention and top-k. */
@InputType('Gates', { description: 'How norms, attention and top-k behave.' })
export class GatesInput {
  @Field(() => GateEnum, {
    nullable: true,
    description: 'Mean and spread of every norm. Left out: LIVE, FROZEN where paths are ablated.',
  })
  norms?: Gate | null

  @Field(() => GateEnum, {
    nullable: true,
    description: 'Attention patterns. Left out: LIVE, FROZEN where paths are ablated.',
  })
  attention?: Gate | null

  @Field(() => GateEnum, {
    nullable: true,
    description: 'Which entries AbsTopK keeps. Left out: LIVE, FROZEN where paths are ablated.',
  })
  topK?: Gate | null
}

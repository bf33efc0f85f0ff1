import { Field, ObjectType } from 'type-graphql'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('Execution', {
  simpleResolvers: true,
  description: 'What an answer cost this time; outside the promise of reproducibility.',
})
export class ExecutionType {
  @Field(() => Number, { description: 'Time spent on the answer, milliseconds.' })
  elapsedMs!: number

  @Field(() => SafeInt, { description: 'Model runs spent; 0 for structure and estimates.' })
  evaluations!: number

  @Field(() => SafeInt, {
    description:
      'How many of them computed the kept channels of a circuit only: equal to the whole run to 1e-12 where every cut of AbsTopK is certain, and done whole elsewhere.',
  })
  compiled!: number
}

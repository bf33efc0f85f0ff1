import { Field, ObjectType } from 'type-graphql'
import { ProblemType } from './problem.type.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('PatternProblem', {
  simpleResolvers: true,
  description: 'Why a path pattern was not understood, and where.',
})
export class PatternProblemType extends ProblemType {
  @Field(() => SafeInt, { description: 'Line of the text, from 1.' })
  line!: number

  @Field(() => SafeInt, { description: 'Column in that line, from 1, in UTF-16 code units.' })
  column!: number

  @Field(() => [String], {
    description: 'What could stand there; empty where the text is too long or too deep.',
  })
  expected!: readonly string[]

  @Field(() => String, {
    nullable: true,
    description: 'What was probably meant; null where nothing is near.',
  })
  suggestion!: string | null
}

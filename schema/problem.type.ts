import { Field, ObjectType } from 'type-graphql'
import { ERROR_CODES } from '../src/domain/errors.js'
import type { Problem } from '../src/domain/problem.js'

@ObjectType('Problem', {
  simpleResolvers: true,
  description: 'Why a question was not answered. One refused question never empties the rest of the request.',
})
export class ProblemType implements Problem {
  @Field(() => String, {
    description: `Stable code for programs; one of ${ERROR_CODES.join(', ')}. Codes are added, never renamed.`,
  })
  code!: string

  @Field(() => String, { description: 'One sentence that names the offending value.' })
  message!: string

  @Field(() => String, {
    nullable: true,
    description: 'How to mend it, one sentence; null where nothing helps.',
  })
  hint!: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Where the offending value stands in the question or file; null where it has no place.',
  })
  path!: string | null
}

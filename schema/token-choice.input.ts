import { Field, InputType } from 'type-graphql'
import { SafeInt } from './safe-int.scalar.js'

@InputType('TokenChoice', {
  description: 'A token by id or text (one of the two), at a position where one is given.',
})
export class TokenChoiceInput {
  @Field(() => SafeInt, { nullable: true, description: 'Vocabulary id.' })
  id?: number | null

  @Field(() => String, { nullable: true, description: 'Text, exactly.' })
  text?: string | null

  @Field(() => SafeInt, { nullable: true, description: 'Token position, from 0; left out: any.' })
  position?: number | null
}

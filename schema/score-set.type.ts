import { Field, ObjectType } from 'type-graphql'

@ObjectType('ScoreSet', { simpleResolvers: true, description: 'Named scores of a circuit’s nodes.' })
export class ScoreSetType {
  @Field(() => String, { description: 'Name, for score(name), filters and orders.' })
  name!: string

  @Field(() => String, { description: 'Unit.' })
  unit!: string

  @Field(() => String, { description: 'What larger means.' })
  sign!: string

  @Field(() => String, { description: 'How they were made.' })
  method!: string
}

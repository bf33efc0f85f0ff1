import { Field, InputType, Int } from 'type-graphql'

@InputType('PositionRange', { description: 'A run of positions.' })
export class PositionRangeInput {
  @Field(() => Int, { description: 'First position, from 0.' })
  from!: number

  @Field(() => Int, { description: 'Position behind the last one.' })
  to!: number
}

@InputType('TokenMatch', { description: 'Positions by the tokens that stand there: any of these.' })
export class TokenMatchInput {
  @Field(() => [Int], { defaultValue: [], description: 'Vocabulary ids.' })
  ids!: number[]

  @Field(() => [String], { defaultValue: [], description: 'Texts of tokens, exactly.' })
  texts!: string[]
}

@InputType('PositionChoice', { description: 'Which positions of each prompt: exactly one of these.' })
export class PositionChoiceInput {
  @Field(() => [Int], { nullable: true, description: 'Positions from 0.' })
  indices?: number[] | null

  @Field(() => PositionRangeInput, { nullable: true, description: 'A run of positions.' })
  range?: PositionRangeInput | null

  @Field(() => [Int], { nullable: true, description: 'Positions counted from the end: 0 is the last.' })
  fromEnd?: number[] | null

  @Field(() => TokenMatchInput, { nullable: true, description: 'Wherever one of these tokens stands.' })
  tokenMatches?: TokenMatchInput | null

  @Field(() => String, {
    nullable: true,
    description: 'A part that the examples of a task name, such as quote.',
  })
  role?: string | null
}

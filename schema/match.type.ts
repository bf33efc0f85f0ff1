import { Field, ObjectType } from 'type-graphql'
import { CircuitType } from './circuit.type.js'
import { connectionOf } from './connection.js'
import { Count } from './count.scalar.js'
import { PathType } from './path-answer.type.js'

@ObjectType('CircuitMatch', {
  simpleResolvers: true,
  description: 'A path of a circuit that matches a pattern.',
})
export class CircuitMatchType {
  @Field(() => CircuitType, { description: 'The circuit.' })
  circuit!: CircuitType

  @Field(() => PathType, {
    description: 'The path; its rank is its place among the matches of this circuit, strongest first.',
  })
  path!: PathType

  @Field(() => Count, { description: 'How many paths of this circuit match, exactly.' })
  pathCount!: string
}

export const MatchConnection = connectionOf('CircuitMatch', () => CircuitMatchType, 'matches', {
  counted: false,
})

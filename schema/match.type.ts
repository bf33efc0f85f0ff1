import { Field, ObjectType } from 'type-graphql'
import { CircuitType } from './circuit.type.js'
import { connectionOf } from './connection.js'
import { Count } from './count.scalar.js'
import { PathType } from './path-answer.type.js'
import { SafeInt } from './safe-int.scalar.js'

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

@ObjectType('SkippedCircuits', {
  simpleResolvers: true,
  description: 'Circuits in which a pattern has no meaning, for one reason.',
})
export class SkippedCircuitsType {
  @Field(() => String, {
    description:
      'What paths of one of them alone would be refused with: NOT_MEANINGFUL, as without a residual stream, or BAD_INPUT, as without a score.',
  })
  code!: string

  @Field(() => String, { description: 'Why the first of them has no match.' })
  reason!: string

  @Field(() => SafeInt, { description: 'How many they are.' })
  circuits!: number
}

Field(() => [SkippedCircuitsType], {
  description:
    'Circuits that were looked at for this page and have no match because the pattern has no meaning in them.',
})(MatchConnection.prototype, 'skipped')

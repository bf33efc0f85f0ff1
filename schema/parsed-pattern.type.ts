import { Field, ObjectType } from 'type-graphql'
import { Json } from './json.scalar.js'
import { PathPattern } from './path-pattern.scalar.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('ParsedPathPattern', {
  simpleResolvers: true,
  description: 'A path pattern as it is understood, for editors that check as one types.',
})
export class ParsedPathPatternType {
  @Field(() => PathPattern, { description: 'Its canonical text, whose meaning is the same.' })
  canonical!: string

  @Field(() => Json, {
    description: 'Its tree: kinds node, edge, residualHop, sequence, alternatives, repeat.',
  })
  tree!: object

  @Field(() => [String], { description: 'Its variables, in order.' })
  variables!: readonly string[]

  @Field(() => SafeInt, { description: 'States of the automaton that it becomes.' })
  states!: number

  @Field(() => SafeInt, {
    nullable: true,
    description:
      'Estimated visits of nodes and edges for the first 20 paths that it matches on the graph, the unit of `costWork`; null without a graph.',
  })
  work!: number | null
}

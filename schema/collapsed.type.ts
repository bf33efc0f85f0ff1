import { Field, ObjectType } from 'type-graphql'
import type { Grouping } from '../src/domain/graph-data.js'
import { GroupingEnum } from './grouping.enum.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('Collapsed', {
  simpleResolvers: true,
  description: 'What collapsing did to a graph.',
})
export class CollapsedType {
  @Field(() => GroupingEnum, { description: 'Which nodes became one.' })
  by!: Grouping

  @Field(() => SafeInt, { description: 'Edges inside groups, which were dropped.' })
  innerEdges!: number

  @Field(() => Boolean, {
    description:
      'Are sums over paths those of the graph behind it? Never: paths meet in a group that do not meet in the graph.',
  })
  pathSumsPreserved!: boolean
}

import { Field, Int, ObjectType } from 'type-graphql'
import type { EdgeKind } from '../src/domain/graph-data.js'
import { AnswerInterface } from './answer.interface.js'
import { EdgeKindEnum, PortEnum } from './circuit-edge.enum.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('GraphColumns', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'A graph as columns, the shape for programs: edge i runs from source[i] to target[i].',
})
export class GraphColumnsType {
  @Field(() => [String], { description: 'Address of every node, in canonical order.' })
  nodeAddress!: string[]

  @Field(() => [Int], { description: 'Source of each edge, as index into nodeAddress.' })
  source!: number[]

  @Field(() => [Int], { description: 'Target of each edge, as index into nodeAddress.' })
  target!: number[]

  @Field(() => [EdgeKindEnum], { description: 'Kind of each edge.' })
  kind!: EdgeKind[]

  @Field(() => [PortEnum], { nullable: 'items', description: 'Port of each edge; null where it has none.' })
  port!: (string | null)[]

  @Field(() => [Number], {
    nullable: 'items',
    description: 'Signed value of each edge, unit by edgeMeaning; null where unscored.',
  })
  weight!: (number | null)[]

  @Field(() => [Number], {
    nullable: 'itemsAndList',
    description:
      'Sum of abs(weight) over the edges behind each, in the unit of weight; null outside collapsed graphs.',
  })
  absWeight!: (number | null)[] | null

  @Field(() => [SafeInt], {
    nullable: true,
    description: 'How many edges each stands for; null outside collapsed graphs.',
  })
  edgeCounts!: number[] | null

  @Field(() => SafeInt, { description: 'Number of edges that passed the filter.' })
  edgeCount!: number
}

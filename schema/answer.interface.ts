import { Field, InterfaceType } from 'type-graphql'
import type { Basis, Level } from '../src/domain/edge-meaning.js'
import { BasisEnum, LevelEnum } from './answer.enum.js'
import { ExecutionType } from './execution.type.js'
import { ProvenanceType } from './provenance.type.js'

@InterfaceType('Answer', {
  description: 'What every answer says about itself.',
  resolveType: (value: { readonly __typename: string }) => value.__typename,
})
export abstract class AnswerInterface {
  @Field(() => LevelEnum, { description: 'On which kind of graph the question was answered.' })
  level!: Level

  @Field(() => BasisEnum, { description: 'How the answer knows: a stored fact, an estimate, or a run.' })
  basis!: Basis

  @Field(() => ProvenanceType, { description: 'How to get the same bits again.' })
  provenance!: ProvenanceType

  @Field(() => ExecutionType, { description: 'What it cost this time.' })
  execution!: ExecutionType
}

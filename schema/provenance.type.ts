import { Field, ObjectType } from 'type-graphql'
import type { Provenance } from '../src/domain/provenance.js'
import { SafeInt } from './safe-int.scalar.js'
import { Sha256 } from './sha256.scalar.js'

@ObjectType('Provenance', {
  simpleResolvers: true,
  description:
    'Only what question and data determine: the same question on the same data gives the same bits, on either store.',
})
export class ProvenanceType implements Provenance {
  @Field(() => String, {
    description: '`cql1:` and the canonical JSON of the question with every default filled in.',
  })
  question!: string

  @Field(() => Sha256, { description: 'SHA-256 of the question text; names the question.' })
  questionHash!: string

  @Field(() => Sha256, { description: 'Hash of the graph that was asked.' })
  graphId!: string

  @Field(() => Sha256, {
    nullable: true,
    description: 'Hash of the model that was run; null where none ran.',
  })
  modelId!: string | null

  @Field(() => String, {
    nullable: true,
    description: 'The reference set that means were taken over; null where none was.',
  })
  referenceSetId!: string | null

  @Field(() => String, { description: 'Version of the arithmetic; a change of results changes it.' })
  engineVersion!: string

  @Field(() => String, { description: 'Number type of all arithmetic: float64.' })
  numberType!: 'float64'

  @Field(() => SafeInt, { nullable: true, description: 'Seed of random draws; null where none were made.' })
  seed!: number | null

  @Field(() => Number, {
    nullable: true,
    description:
      'Smallest gap at an AbsTopK cut in any run behind the answer, activation units; near 0 a tie decided. Null where none.',
  })
  smallestMargin!: number | null
}

import { Field, ObjectType } from 'type-graphql'
import { Sha256 } from './sha256.scalar.js'

@ObjectType('ModelIdentity', {
  simpleResolvers: true,
  description:
    'What a circuit speaks about: a sparse model by its hash, or a foreign model by name and dictionary.',
})
export class ModelIdentityType {
  @Field(() => String, { description: 'One text per identity: sparse:<hash>, foreign:gemma-2-2b.' })
  key!: string

  @Field(() => Sha256, { nullable: true, description: 'Hash of the sparse model; null for foreign models.' })
  sparseModelHash!: string | null

  @Field(() => String, { nullable: true, description: 'Name of the foreign model; null for sparse models.' })
  name!: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Dictionary set of a foreign model, where one is named.',
  })
  dictionary!: string | null
}

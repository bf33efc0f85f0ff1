import { Field, ID, ObjectType } from 'type-graphql'
import type { JsonValue } from '../src/domain/canonical-json.js'
import type { AnnotationKind } from '../src/domain/records.js'
import { AnnotationKindEnum } from './catalogue.enum.js'
import { connectionOf } from './connection.js'
import { DateTime } from './date-time.scalar.js'
import { Json } from './json.scalar.js'
import { NodeInterface } from './node.interface.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('Annotation', {
  implements: NodeInterface,
  simpleResolvers: true,
  description: 'A label, note, supernode or view: mutable, owned and versioned, beside an immutable circuit.',
})
export class AnnotationType implements NodeInterface {
  id!: string

  @Field(() => SafeInt, { description: 'Version, from 1; every change adds one.' })
  version!: number

  @Field(() => AnnotationKindEnum, { description: 'What it is for.' })
  kind!: AnnotationKind

  @Field(() => ID, { description: 'Global id of the circuit it stands beside.' })
  circuitId!: string

  @Field(() => String, { description: 'Whose it is.' })
  owner!: string

  @Field(() => String, { description: 'Its title.' })
  title!: string

  @Field(() => String, { nullable: true, description: 'Its text, where it has one.' })
  text!: string | null

  @Field(() => [String], { description: 'Addresses of the nodes it speaks of.' })
  members!: string[]

  @Field(() => Json, {
    nullable: true,
    description: 'Settings of a view that have no field of their own, as they stood in the file.',
  })
  settings!: JsonValue

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: string
}

export const AnnotationConnection = connectionOf('Annotation', () => AnnotationType, 'annotations')

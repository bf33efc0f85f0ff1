import { Field, ID, ObjectType } from 'type-graphql'
import type { JsonValue } from '../src/domain/canonical-json.js'
import { FindingSeverityEnum } from './catalogue.enum.js'
import { connectionOf } from './connection.js'
import { DateTime } from './date-time.scalar.js'
import { Json } from './json.scalar.js'
import { NodeInterface } from './node.interface.js'
import { SafeInt } from './safe-int.scalar.js'
import { Sha256 } from './sha256.scalar.js'

@ObjectType('ImportedFile', { simpleResolvers: true, description: 'A file that was read.' })
export class ImportedFileType {
  @Field(() => String, { description: 'Its name.' })
  name!: string

  @Field(() => Sha256, { description: 'Hash of its bytes.' })
  sha256!: string

  @Field(() => SafeInt, { description: 'Its size, bytes.' })
  bytes!: number
}

@ObjectType('ImportFinding', {
  simpleResolvers: true,
  description: 'A repaired, dropped or ambiguous item of an import, in one sentence.',
})
export class ImportFindingType {
  @Field(() => FindingSeverityEnum, { description: 'What was done about it.' })
  severity!: 'REPAIRED' | 'DROPPED' | 'AMBIGUOUS' | 'NOTE'

  @Field(() => String, { description: 'Stable word for programs, such as ID_COLLISION.' })
  code!: string

  @Field(() => String, { description: 'One sentence for people.' })
  message!: string

  @Field(() => SafeInt, { description: 'How many items it concerns.' })
  count!: number
}

@ObjectType('ImportRecord', {
  implements: NodeInterface,
  simpleResolvers: true,
  description: 'How a circuit or model came in.',
})
export class ImportRecordType implements NodeInterface {
  id!: string

  @Field(() => ID, { description: 'Global id of the circuit or model that came in.' })
  subjectId!: string

  @Field(() => String, { description: 'File format, such as circuit-tracer.' })
  format!: string

  @Field(() => String, { description: 'Version of the format.' })
  formatVersion!: string

  @Field(() => [ImportedFileType], { description: 'The files that were read.' })
  files!: ImportedFileType[]

  @Field(() => DateTime, { description: 'When.' })
  importedAt!: string

  @Field(() => String, { description: 'Who.' })
  owner!: string

  @Field(() => [ImportFindingType], { description: 'What was found on the way.' })
  findings!: ImportFindingType[]

  @Field(() => Json, { nullable: true, description: 'File metadata as it stood in the file.' })
  metadata!: JsonValue
}

export const ImportRecordConnection = connectionOf('ImportRecord', () => ImportRecordType, 'imports')

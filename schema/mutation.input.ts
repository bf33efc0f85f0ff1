import { Field, ID, InputType } from 'type-graphql'
import { Sha256 } from './sha256.scalar.js'

@InputType('UploadedFile', { description: 'A file that was uploaded with PUT /artefacts/sha256/<hash>.' })
export class UploadedFileInput {
  @Field(() => Sha256, { description: 'Hash of its bytes.' })
  sha256!: string

  @Field(() => String, { description: 'Its name; formats are told apart by content first, then by name.' })
  fileName!: string
}

@InputType('ImportFilesInput', { description: 'Uploaded files to read into the catalogue.' })
export class ImportFilesInput {
  @Field(() => [UploadedFileInput], {
    description: 'The files; a sparse model is several, imported together.',
  })
  files!: UploadedFileInput[]

  @Field(() => String, {
    nullable: true,
    description: 'Wanted catalogue name, for a single circuit or model.',
  })
  name?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'The same key gives the same job, so that a repeated request starts no second import.',
  })
  idempotencyKey?: string | null
}

@InputType('DeleteCircuitInput', { description: 'The circuit to delete.' })
export class DeleteCircuitInput {
  @Field(() => ID, { description: 'Global id or content hash.' })
  id!: string
}

@InputType('DeleteModelInput', {
  description: 'The model to delete; refused while a circuit speaks about it.',
})
export class DeleteModelInput {
  @Field(() => ID, { description: 'Global id or content hash.' })
  id!: string
}

@InputType('CancelJobInput', { description: 'The job to stop.' })
export class CancelJobInput {
  @Field(() => ID, { description: 'Global id.' })
  id!: string
}

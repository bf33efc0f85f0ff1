import { Field, ID, InputType } from 'type-graphql'
import { AblationInput } from './ablation.input.js'
import { AttributionInput } from './attribution.input.js'
import { FaithfulnessInput } from './faithfulness.input.js'
import { GraphRefInput } from './ref.input.js'
import { Sha256 } from './sha256.scalar.js'
import { TaskEvaluationInput } from './task-evaluation.input.js'

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

@InputType('LongQuestion', { description: 'A question that takes long: exactly one of these.' })
export class LongQuestionInput {
  @Field(() => AblationInput, { nullable: true, description: 'An ablation.' })
  ablate?: AblationInput | null

  @Field(() => AttributionInput, { nullable: true, description: 'An attribution.' })
  attribute?: AttributionInput | null

  @Field(() => FaithfulnessInput, { nullable: true, description: 'A test of faithfulness.' })
  faithfulness?: FaithfulnessInput | null

  @Field(() => TaskEvaluationInput, { nullable: true, description: 'How the graph does on a task.' })
  evaluate?: TaskEvaluationInput | null
}

@InputType('StartQuestionInput', { description: 'A question to be answered by a job.' })
export class StartQuestionInput {
  @Field(() => GraphRefInput, { description: 'The graph that is asked.' })
  graph!: GraphRefInput

  @Field(() => LongQuestionInput, { description: 'The question.' })
  question!: LongQuestionInput

  @Field(() => String, {
    nullable: true,
    description: 'The same key from the same owner gives the same job back.',
  })
  idempotencyKey?: string | null
}

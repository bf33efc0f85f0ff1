import { Field, ID, ObjectType } from 'type-graphql'
import { JobType } from './job.type.js'

@ObjectType('ImportFilesPayload', { simpleResolvers: true, description: 'An import that has been started.' })
export class ImportFilesPayloadType {
  @Field(() => JobType, { description: 'The job; watch it with job(id) or jobEvents(id).' })
  job!: JobType
}

@ObjectType('DeleteCircuitPayload', { simpleResolvers: true, description: 'A circuit that is gone.' })
export class DeleteCircuitPayloadType {
  @Field(() => ID, { description: 'Global id of the deleted circuit.' })
  deletedId!: string
}

@ObjectType('DeleteModelPayload', { simpleResolvers: true, description: 'A model that is gone.' })
export class DeleteModelPayloadType {
  @Field(() => ID, { description: 'Global id of the deleted model.' })
  deletedId!: string
}

@ObjectType('CancelJobPayload', { simpleResolvers: true, description: 'A job that was asked to stop.' })
export class CancelJobPayloadType {
  @Field(() => JobType, { description: 'The job; it ends as CANCELLED as soon as it can.' })
  job!: JobType
}

@ObjectType('StartQuestionPayload', {
  simpleResolvers: true,
  description: 'A question that is being answered.',
})
export class StartQuestionPayloadType {
  @Field(() => JobType, { description: 'The job; watch it with job(id) or jobEvents(id).' })
  job!: JobType
}

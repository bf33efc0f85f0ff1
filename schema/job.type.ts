import { Field, ObjectType } from 'type-graphql'
import type { JobKind, JobState } from '../src/domain/job.js'
import { AblationRowType } from './ablation-answer.type.js'
import { connectionOf } from './connection.js'
import { DateTime } from './date-time.scalar.js'
import { JobKindEnum, JobStateEnum } from './job.enum.js'
import { NodeInterface } from './node.interface.js'
import { ProblemType } from './problem.type.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('JobProgress', { simpleResolvers: true, description: 'How far a job is.' })
export class JobProgressType {
  @Field(() => Number, { description: 'Amount done, in `unit`.' })
  done!: number

  @Field(() => Number, { nullable: true, description: 'Whole amount, in `unit`; null where not known.' })
  total!: number | null

  @Field(() => String, {
    description:
      'What is counted: bytes, edges, files, runs of the model. Work of several stages counts them all from the start, in runs as planned.',
  })
  unit!: string

  @Field(() => String, { description: 'What is being done, in words.' })
  message!: string

  @Field(() => String, {
    nullable: true,
    description: 'Which part of it is under way; null where the work has one part only.',
  })
  stage?: string | null
}

@ObjectType('Job', {
  implements: NodeInterface,
  simpleResolvers: true,
  description: 'Long work of the server with progress, cancel and result.',
})
export class JobType implements NodeInterface {
  id!: string

  @Field(() => JobKindEnum, { description: 'What it does.' })
  kind!: JobKind

  @Field(() => JobStateEnum, { description: 'How far it is.' })
  state!: JobState

  @Field(() => String, { description: 'Who started it.' })
  owner!: string

  @Field(() => JobProgressType, { description: 'Its progress.' })
  progress!: JobProgressType

  @Field(() => DateTime, { description: 'When it was asked for.' })
  createdAt!: string

  @Field(() => DateTime, { nullable: true, description: 'When it began; null while it waits.' })
  startedAt!: string | null

  @Field(() => DateTime, { nullable: true, description: 'When it ended; null before.' })
  finishedAt!: string | null

  @Field(() => ProblemType, { nullable: true, description: 'Why it failed; null otherwise.' })
  problem!: ProblemType | null
}

export const JobConnection = connectionOf('Job', () => JobType, 'jobs')

@ObjectType('JobEvent', { simpleResolvers: true, description: 'A change of a job.' })
export class JobEventType {
  @Field(() => SafeInt, {
    description:
      'Number of the change, ascending; give it as `after` to go on from here after a lost connection.',
  })
  sequence!: number

  @Field(() => JobType, { description: 'The job after the change.' })
  job!: JobType

  @Field(() => [AblationRowType], {
    description: 'Rows of a sweep that are complete since the event before, in their order.',
  })
  rows!: AblationRowType[]
}

import type { JobKind, JobState } from '../src/domain/job.js'
import { describedEnum } from './described-enum.js'

export const JobStateEnum = describedEnum<JobState>('JobState', 'How far a job is.', {
  QUEUED: 'Waiting for its turn.',
  RUNNING: 'At work.',
  SUCCEEDED: 'Done; its results are in the catalogue, its answer is in `answer`.',
  FAILED: 'Ended with a problem; nothing half-done stays.',
  CANCELLED: 'Stopped on request; nothing half-done stays.',
})

export const JobKindEnum = describedEnum<JobKind>('JobKind', 'What a job does.', {
  IMPORT: 'Reads uploaded files into the catalogue.',
  QUESTION: 'Answers a question that takes long.',
})

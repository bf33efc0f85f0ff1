import type { Problem } from './problem.js'

/** Long work: what it is, how far it is, what came of it. */
export const JOB_STATES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const
export type JobState = (typeof JOB_STATES)[number]
export const JOB_KINDS = ['IMPORT', 'QUESTION'] as const
export type JobKind = (typeof JOB_KINDS)[number]

export interface JobProgress {
  readonly done: number
  /** Null when the whole is not known. */
  readonly total: number | null
  /** What is counted: bytes, edges, files, runs. */
  readonly unit: string
  readonly message: string
  /** Part of the work that is under way, where it has several. */
  readonly stage?: string
}

export interface Job {
  readonly id: string
  readonly kind: JobKind
  readonly state: JobState
  readonly owner: string
  readonly progress: JobProgress
  readonly createdAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  /** Ids of circuits and models that came of it. */
  readonly circuitIds: readonly string[]
  readonly modelIds: readonly string[]
  readonly taskIds: readonly string[]
  readonly problem: Problem | null
}

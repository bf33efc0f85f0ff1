/** Entry of a worker thread: one task in, one outcome out. Our own errors travel as data, since classes do not. */
import type { MessagePort } from 'node:worker_threads'
import { threadId } from 'node:worker_threads'
import type { ErrorCode } from '../domain/errors.js'
import { CircuitQLError } from '../domain/errors.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { arenaUser } from '../model/shared-heap.js'
import type { Answers, Requests, TaskKind } from './engine-task.js'
import { engineWork } from './engine-task.js'
import { runToEnd } from './steps.js'

export interface WorkerTask<K extends TaskKind = TaskKind> {
  readonly kind: K
  /** Its arrays are shared memory, so nothing large is copied. */
  readonly model: PreparedModel
  readonly request: Requests[K]
  /** Gets [done, total] pairs, where progress is wanted. */
  readonly progress: MessagePort | null
}

export type WorkerOutcome<K extends TaskKind = TaskKind> =
  | { readonly answer: Answers[K] }
  | {
      readonly refusal: {
        readonly code: ErrorCode
        readonly message: string
        readonly hint: string | null
        readonly path: string | null
        readonly facts: Readonly<Record<string, string | number | boolean | null>>
      }
    }

export default function work<K extends TaskKind>(task: WorkerTask<K>): WorkerOutcome<K> {
  const { progress } = task
  if (task.model.room !== null) arenaUser(task.model.room).set(threadId)
  try {
    const onProgress =
      progress === null ? undefined : (done: number, total: number) => progress.postMessage([done, total])
    return { answer: runToEnd(engineWork(task.kind, task.model, task.request, onProgress)) }
  } catch (error) {
    if (!(error instanceof CircuitQLError)) throw error
    const { code, message, hint, path, facts } = error
    return { refusal: { code, message, hint, path, facts } }
  } finally {
    progress?.close()
  }
}

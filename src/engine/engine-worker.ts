/** Entry of a worker thread: one task in, one outcome out. Our own errors travel as data, since classes do not. */
import type { MessagePort } from 'node:worker_threads'
import type { ErrorCode } from '../domain/errors.js'
import { CircuitQLError } from '../domain/errors.js'
import type { PreparedModel } from '../model/prepared-model.js'
import type { Answers, Requests, TaskKind } from './engine-task.js'
import { engineWork } from './engine-task.js'
import { beginKernels } from './kernels/kernels-of.js'
import { runUnlessStopped } from './steps.js'

export interface WorkerTask<K extends TaskKind = TaskKind> {
  readonly kind: K
  /** Its arrays are shared memory, so nothing large is copied. */
  readonly model: PreparedModel
  readonly request: Requests[K]
  /** Gets [done, total] pairs, where progress is wanted. */
  readonly progress: MessagePort | null
  /** May a second thread help? */
  readonly helped: boolean
  /** One shared cell: 1 stops the work at its next pause. */
  readonly stop: Int32Array
}

export type WorkerOutcome<K extends TaskKind = TaskKind> =
  | { readonly answer: Answers[K] }
  | { readonly stopped: true }
  | {
      readonly refusal: {
        readonly code: ErrorCode
        readonly message: string
        readonly hint: string | null
        readonly path: string | null
        readonly facts: CircuitQLError['facts']
      }
    }

export default function work<K extends TaskKind>(task: WorkerTask<K>): WorkerOutcome<K> {
  const { progress } = task
  if (task.model.room !== null) beginKernels(task.model, task.helped)
  try {
    const onProgress =
      progress === null ? undefined : (done: number, total: number) => progress.postMessage([done, total])
    const work = engineWork(task.kind, task.model, task.request, onProgress)
    return runUnlessStopped(work, task.stop) ?? { stopped: true }
  } catch (error) {
    if (!(error instanceof CircuitQLError)) throw error
    const { code, message, hint, path, facts } = error
    return { refusal: { code, message, hint, path, facts } }
  } finally {
    progress?.close()
  }
}

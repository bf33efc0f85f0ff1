/** Entry of the thread that TensorFlow works in: one piece of work, its progress and its end as messages; any message to it stops the work. */
import { parentPort, workerData } from 'node:worker_threads'
import type { TrainingRequest } from '../application/ports/model-trainer.js'
import type { LearnedMasks, MaskLearning, MaskProgress } from '../domain/extraction/mask-learning.js'
import type { TrainedModel } from '../domain/training/trained-model.js'
import type { TrainingProgress } from '../domain/training/training-record.js'
import type { BackendPlaces } from '../training/backends/backend.js'
import { type CarriedError, carriedError } from './carried-error.js'
import { runMaskLearning } from './run-mask-learning.js'
import { runTraining } from './run-training.js'

/** What a thread can be asked for, with what it then tells and gives. */
export interface ThreadWorks {
  readonly train: {
    readonly request: TrainingRequest
    readonly progress: TrainingProgress
    readonly result: TrainedModel
  }
  readonly masks: {
    readonly request: MaskLearning
    readonly progress: MaskProgress
    readonly result: LearnedMasks
  }
}
export type ThreadWork = keyof ThreadWorks

export interface TrainingThreadData<Work extends ThreadWork = ThreadWork> {
  readonly work: Work
  readonly request: ThreadWorks[Work]['request']
  readonly places: BackendPlaces
}

export type TrainingMessage<Work extends ThreadWork = ThreadWork> =
  | { readonly progress: ThreadWorks[Work]['progress'] }
  | { readonly result: ThreadWorks[Work]['result'] }
  | { readonly refusal: CarriedError }

const port = parentPort!
const { work, request, places } = workerData as TrainingThreadData
const abort = new AbortController()
port.on('message', () => abort.abort())
const say = (message: TrainingMessage): void => port.postMessage(message)

async function main(): Promise<void> {
  const watch = {
    signal: abort.signal,
    onProgress: (progress: TrainingProgress | MaskProgress): void => say({ progress }),
  }
  try {
    const result =
      work === 'train'
        ? await runTraining(request as TrainingRequest, watch, places)
        : await runMaskLearning(request as MaskLearning, watch, places)
    say({ result })
  } catch (error) {
    const refusal = carriedError(error)
    if (refusal === null) throw error
    say({ refusal })
  } finally {
    port.close()
  }
}

// A fault of ours ends the thread with its trace, as an error event for whoever waits.
void main()

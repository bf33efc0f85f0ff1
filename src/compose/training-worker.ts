/** Entry of the thread that trains: one run, its progress and its end as messages; any message to it stops the run. */
import { parentPort, workerData } from 'node:worker_threads'
import type { TrainingRequest } from '../application/ports/model-trainer.js'
import type { TrainedModel } from '../domain/training/trained-model.js'
import type { TrainingProgress } from '../domain/training/training-record.js'
import type { BackendPlaces } from '../training/backends/backend.js'
import { type CarriedError, carriedError } from './carried-error.js'
import { runTraining } from './run-training.js'

export interface TrainingThreadData {
  readonly request: TrainingRequest
  readonly places: BackendPlaces
}

export type TrainingMessage =
  | { readonly progress: TrainingProgress }
  | { readonly trained: TrainedModel }
  | { readonly refusal: CarriedError }

const port = parentPort!
const { request, places } = workerData as TrainingThreadData
const abort = new AbortController()
port.on('message', () => abort.abort())
const say = (message: TrainingMessage): void => port.postMessage(message)

async function main(): Promise<void> {
  try {
    const onProgress = (progress: TrainingProgress): void => say({ progress })
    say({ trained: await runTraining(request, { signal: abort.signal, onProgress }, places) })
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

/** The `ModelTrainer` port: each run in a thread of its own, so that nobody waits for a step. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ModelTrainer, TrainingRequest, TrainingWatch } from '../application/ports/model-trainer.js'
import { Unavailable } from '../domain/errors.js'
import type { TrainedModel } from '../domain/training/trained-model.js'
import type { BackendPlaces } from '../training/backends/backend.js'
import { arrivedError } from './carried-error.js'
import type { TrainingMessage, TrainingThreadData } from './training-worker.js'

/** A step that takes longer than this is not waited for when the run is cancelled. */
const PATIENCE_MS = 10_000

export class ThreadTrainer implements ModelTrainer {
  readonly #places: BackendPlaces
  readonly #entry: URL

  /** `entry`: the compiled thread, the one beside this file unless told otherwise. */
  constructor(places: BackendPlaces, entry = new URL('./training-worker.js', import.meta.url)) {
    this.#places = places
    this.#entry = entry
  }

  async train(request: TrainingRequest, { signal, onProgress }: TrainingWatch): Promise<TrainedModel> {
    if (signal.aborted) throw cancelled()
    // Read by TensorFlow when it is loaded: its greetings are no business of the person at the terminal.
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
    const workerData: TrainingThreadData = { request, places: this.#places }
    const thread = new Worker(this.#entry, { workerData })
    const ended = once(thread, 'exit')
    let timer: NodeJS.Timeout | null = null
    const stop = (): void => {
      thread.postMessage('stop')
      timer = setTimeout(() => void thread.terminate(), PATIENCE_MS)
    }
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await new Promise<TrainedModel>((resolve, reject) => {
        thread.on('message', (message: TrainingMessage) => {
          if ('progress' in message) onProgress?.(message.progress)
          else if ('trained' in message) resolve(message.trained)
          else reject(arrivedError(message.refusal))
        })
        thread.on('error', reject)
        thread.on('exit', () =>
          reject(signal.aborted ? cancelled() : new Error('the training thread ended early')),
        )
      })
    } finally {
      signal.removeEventListener('abort', stop)
      // A thread that is torn down while TensorFlow still works takes the process with it.
      await ended
      if (timer !== null) clearTimeout(timer)
    }
  }
}

function cancelled(): Unavailable {
  return new Unavailable('the training was cancelled', {}, 'CANCELLED')
}

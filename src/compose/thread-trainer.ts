/** The ports `ModelTrainer` and `MaskLearner`: each piece of work in a thread of its own, so that nobody waits for a step. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { MaskLearner, MaskWatch } from '../application/ports/mask-learner.js'
import type { ModelTrainer, TrainingRequest, TrainingWatch } from '../application/ports/model-trainer.js'
import { Unavailable } from '../domain/errors.js'
import type { LearnedMasks, MaskLearning } from '../domain/extraction/mask-learning.js'
import type { TrainedModel } from '../domain/training/trained-model.js'
import type { BackendPlaces } from '../training/backends/backend.js'
import { arrivedError } from './carried-error.js'
import type { ThreadWork, ThreadWorks, TrainingMessage, TrainingThreadData } from './training-worker.js'

/** A step that takes longer than this is not waited for when the work is cancelled. */
const PATIENCE_MS = 10_000

interface Watch<Progress> {
  readonly signal: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

const WORDS = { train: 'training', masks: 'extraction' } as const

export class ThreadTrainer implements ModelTrainer, MaskLearner {
  readonly #places: BackendPlaces
  readonly #entry: URL

  /** `entry`: the compiled thread, the one beside this file unless told otherwise. */
  constructor(places: BackendPlaces, entry = new URL('./training-worker.js', import.meta.url)) {
    this.#places = places
    this.#entry = entry
  }

  train(request: TrainingRequest, watch: TrainingWatch): Promise<TrainedModel> {
    return this.#inThread('train', request, watch)
  }

  learnMasks(request: MaskLearning, watch: MaskWatch): Promise<LearnedMasks> {
    return this.#inThread('masks', request, watch)
  }

  async #inThread<Work extends ThreadWork>(
    work: Work,
    request: ThreadWorks[Work]['request'],
    { signal, onProgress }: Watch<ThreadWorks[Work]['progress']>,
  ): Promise<ThreadWorks[Work]['result']> {
    if (signal.aborted) throw cancelled(work)
    // Read by TensorFlow when it is loaded: its greetings are no business of the person at the terminal.
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
    const workerData: TrainingThreadData<Work> = { work, request, places: this.#places }
    const thread = new Worker(this.#entry, { workerData })
    const ended = once(thread, 'exit')
    let timer: NodeJS.Timeout | null = null
    const stop = (): void => {
      thread.postMessage('stop')
      timer = setTimeout(() => void thread.terminate(), PATIENCE_MS)
    }
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await new Promise<ThreadWorks[Work]['result']>((resolve, reject) => {
        thread.on('message', (message: TrainingMessage<Work>) => {
          if ('progress' in message) onProgress?.(message.progress)
          else if ('result' in message) resolve(message.result)
          else reject(arrivedError(message.refusal))
        })
        thread.on('error', reject)
        thread.on('exit', () =>
          reject(signal.aborted ? cancelled(work) : new Error(`the ${WORDS[work]} thread ended early`)),
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

function cancelled(work: ThreadWork): Unavailable {
  return new Unavailable(`the ${WORDS[work]} was cancelled`, {}, 'CANCELLED')
}

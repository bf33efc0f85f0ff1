/** Runs models in the calling thread, pausing between layers: for small models, tests and tools without workers. */
import { throwIfAborted } from '../domain/errors.js'
import type { Answers, Progress, Requests, TaskKind } from './engine-task.js'
import { engineWork } from './engine-task.js'
import type { ModelSource } from './model-cache.js'
import { ModelCache } from './model-cache.js'
import { runInSlices } from './steps.js'

export type OnModel<R> = R & { readonly modelId: string }

/**
 * Every method rejects with BAD_INPUT naming the value that the model does not have, with what `load` rejects with,
 * and with CANCELLED soon after the signal.
 */
export class EngineRunner {
  readonly #models: ModelCache

  constructor(source: ModelSource) {
    this.#models = new ModelCache(source)
  }

  forward(request: OnModel<Requests['forward']>, signal?: AbortSignal): Promise<Answers['forward']> {
    return this.#run('forward', request, signal)
  }

  measure(
    request: OnModel<Requests['measure']>,
    signal?: AbortSignal,
    onProgress?: Progress,
  ): Promise<Answers['measure']> {
    return this.#run('measure', request, signal, onProgress)
  }

  gradients(request: OnModel<Requests['gradients']>, signal?: AbortSignal): Promise<Answers['gradients']> {
    return this.#run('gradients', request, signal)
  }

  means(request: OnModel<Requests['means']>, signal?: AbortSignal): Promise<Answers['means']> {
    return this.#run('means', request, signal)
  }

  async close(): Promise<void> {
    this.#models.clear()
  }

  async #run<K extends TaskKind>(
    kind: K,
    request: OnModel<Requests[K]>,
    signal: AbortSignal | undefined,
    onProgress?: Progress,
  ): Promise<Answers[K]> {
    throwIfAborted(signal)
    const model = await this.#models.get(request.modelId)
    return runInSlices(engineWork(kind, model, request, onProgress), signal)
  }
}

/** Runs models in the calling thread, pausing between layers: for small models, tests and tools without workers. */
import { throwIfAborted } from '../domain/errors.js'
import { runInTurns } from '../domain/steps.js'
import { Engine, type Watching } from './engine.js'
import type { Answers, Requests, TaskKind } from './engine-task.js'
import { engineWork } from './engine-task.js'
import { FairGate } from './fair-gate.js'
import { beginKernels } from './kernels/kernels-of.js'
import type { ModelSource } from './model-cache.js'
import { ModelCache } from './model-cache.js'

export class EngineRunner extends Engine {
  protected readonly workers = 1
  readonly #models: ModelCache
  readonly #gate = new FairGate(1)

  constructor(source: ModelSource) {
    super()
    this.#models = new ModelCache(source)
  }

  override async close(): Promise<void> {
    this.#models.clear()
  }

  protected override async task<K extends TaskKind>(
    kind: K,
    request: Requests[K],
    { signal, onProgress }: Watching,
    question: object | null,
  ): Promise<Answers[K]> {
    throwIfAborted(signal)
    const model = await this.#models.get(request.modelId)
    // One task at a time: slices of many at once would add up to long ones.
    return this.#gate.run(question ?? {}, () => {
      beginKernels(model, false)
      return runInTurns(engineWork(kind, model, request, onProgress), signal)
    })
  }
}

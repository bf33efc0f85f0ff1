/** The prepared models most recently asked for, at most `maxModels` of them; each is loaded once, however many ask. */
import type { SparseModelData } from '../domain/sparse-model-data.js'
import { runInTurns } from '../domain/steps.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { prepareModelInSteps } from '../model/prepared-model.js'

export interface ModelSource {
  readonly load: (modelId: string) => Promise<SparseModelData>
  readonly maxModels: number
}

export class ModelCache {
  readonly #source: ModelSource
  /** Oldest use first. */
  readonly #models = new Map<string, Promise<PreparedModel>>()

  constructor(source: ModelSource) {
    this.#source = source
  }

  /** Rejects with what `load` rejects with; a failure is not remembered. */
  get(modelId: string): Promise<PreparedModel> {
    const model = this.#models.get(modelId) ?? this.#prepare(modelId)
    this.#models.delete(modelId)
    this.#models.set(modelId, model)
    for (const oldest of this.#models.keys()) {
      if (this.#models.size <= Math.max(1, this.#source.maxModels)) break
      this.#models.delete(oldest)
    }
    return model
  }

  clear(): void {
    this.#models.clear()
  }

  #prepare(modelId: string): Promise<PreparedModel> {
    const model = this.#source.load(modelId).then((data) => runInTurns(prepareModelInSteps(data)))
    model.catch(() => {
      if (this.#models.get(modelId) === model) this.#models.delete(modelId)
    })
    return model
  }
}

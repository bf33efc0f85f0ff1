/** Gives a stored model's configuration and weights by id; the runner and the graph of a model read through it. */
import type { SparseModelData } from '../../domain/sparse-model-data.js'

export interface ModelLibrary {
  /** NOT_FOUND when the catalogue has no such model, MODEL_NOT_AT_HAND when its weights are gone. */
  load(modelId: string): Promise<SparseModelData>
}

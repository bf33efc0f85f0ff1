/** Makes a model from a plan, away from the thread that answers questions. */
import type { TrainedModel } from '../../domain/training/trained-model.js'
import type { TrainingPlan } from '../../domain/training/training-plan.js'
import type { BackendName, TrainingProgress } from '../../domain/training/training-record.js'

export interface TrainingRequest {
  readonly plan: TrainingPlan
  /** By name, or the fastest that is there. */
  readonly backend: BackendName | 'fastest'
  /** File that the run's checkpoints go to and that it goes on from; null for none. */
  readonly checkpoint: string | null
}

export interface TrainingWatch {
  readonly signal: AbortSignal
  readonly onProgress?: (progress: TrainingProgress) => void
}

export interface ModelTrainer {
  /**
   * Rejects with CANCELLED after the signal, NOT_FOUND for an unknown text, UNAVAILABLE for a back end that is not
   * there, CONFLICT for the checkpoint of another plan.
   */
  train(request: TrainingRequest, watch: TrainingWatch): Promise<TrainedModel>
}

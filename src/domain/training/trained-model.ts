/** What a training run gives: the model, and the record that stands beside it wherever it goes. */
import type { SparseModelData } from '../sparse-model-data.js'
import type { TrainingRecord } from './training-record.js'

export interface TrainedModel {
  readonly model: SparseModelData
  readonly record: TrainingRecord
}

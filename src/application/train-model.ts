/** Trains a model and gives it back as the files of the released layout, with its training record beside them. */
import type { TrainedModel } from '../domain/training/trained-model.js'
import type { FormatLibrary, WrittenFile } from './ports/format-library.js'
import type { ModelTrainer, TrainingRequest, TrainingWatch } from './ports/model-trainer.js'

export const TRAINING_RECORD_FILE = 'training.json'

export interface TrainedFiles extends TrainedModel {
  readonly files: readonly WrittenFile[]
}

export async function trainModel(
  request: TrainingRequest,
  watch: TrainingWatch,
  {
    trainer,
    formats,
  }: { readonly trainer: ModelTrainer; readonly formats: Pick<FormatLibrary, 'writeModel'> },
): Promise<TrainedFiles> {
  const { model, record } = await trainer.train(request, watch)
  const text = `${JSON.stringify(record, null, 1)}\n`
  const files = [
    ...formats.writeModel(model),
    { name: TRAINING_RECORD_FILE, bytes: new TextEncoder().encode(text) },
  ]
  return { model, record, files }
}

/** A training run in this thread: the text by name, the back end by name or by measuring, the checkpoint by file. */
import type { TrainingRequest, TrainingWatch } from '../application/ports/model-trainer.js'
import type { TrainedModel } from '../domain/training/trained-model.js'
import type { TrainingPlan } from '../domain/training/training-plan.js'
import type { TokenSource } from '../model/texts/token-source.js'
import type { Backend, BackendPlaces } from '../training/backends/backend.js'
import { fastestBackend, openBackend } from '../training/backends/open-backend.js'
import { checkpointBackend } from '../training/checkpoint.js'
import { checkpointFile } from '../training/checkpoint-file.js'
import { train, trialStep } from '../training/train.js'
import { type OpenText, openText } from './training-texts.js'

export async function runTraining(
  { plan, backend: wanted, checkpoint }: TrainingRequest,
  { signal, onProgress }: TrainingWatch,
  places: BackendPlaces,
  texts?: ReadonlyMap<string, OpenText>,
): Promise<TrainedModel> {
  const source = await openText(plan, signal, texts)
  const checkpoints = checkpoint === null ? null : checkpointFile(checkpoint)
  const begun = wanted === 'fastest' ? await checkpoints?.read() : null
  // A run that has begun goes on with what it began with, whatever is the fastest today.
  const name = begun == null ? wanted : checkpointBackend(begun)
  const backend =
    name === 'fastest' ? await fastestFor(plan, source, places) : await openBackend(name, places)
  const run = { plan, source, backend, checkpoints }
  return train(run, {
    signal,
    clock: () => performance.now(),
    ...(onProgress === undefined ? {} : { onProgress }),
  })
}

async function fastestFor(plan: TrainingPlan, source: TokenSource, places: BackendPlaces): Promise<Backend> {
  return (await fastestBackend(places, (backend) => trialStep({ plan, source, backend }))).backend
}

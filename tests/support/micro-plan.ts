/** Training plans small enough for a test: two layers of width 8 over a few steps. */
import { trainingPreset } from '../../src/application/training-presets.js'
import type { TrainingPlan } from '../../src/domain/training/training-plan.js'

type Parts = { readonly [Part in keyof TrainingPlan]?: Partial<TrainingPlan[Part]> }

/** Fields of any part can be overruled. */
export function microPlan(parts: Parts = {}): TrainingPlan {
  const quick = trainingPreset('quick')
  return {
    name: 'micro',
    text: { name: 'toy', options: {} },
    seed: 3,
    model: { ...quick.model, heads: 2, dHead: 3, dModel: 8, dMlp: 12, ...parts.model },
    batch: { steps: 12, sequences: 3, length: 6, ...parts.batch },
    optimiser: { ...quick.optimiser, ...parts.optimiser },
    sparsity: {
      ...quick.sparsity,
      density: 1 / 2,
      embeddingDensity: 1 / 2,
      leastPerNeuron: 2,
      ...parts.sparsity,
    },
    watch: { every: 4, sequences: 5, checkpointEvery: 5, referenceSequences: 4, ...parts.watch },
  }
}

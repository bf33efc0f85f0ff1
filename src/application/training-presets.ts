/** Plans that come with the product: sizes and times are those of two cores (sparse-models.md §8.4). */
import type { TrainingPlan } from '../domain/training/training-plan.js'

export const PRESET_NAMES = ['quick', 'standard', 'python'] as const
export type PresetName = (typeof PRESET_NAMES)[number]

const ALL_EIGHT = [
  'attn_in',
  'attn_q',
  'attn_k',
  'attn_v',
  'attn_out',
  'mlp_in',
  'mlp_neuron',
  'mlp_out',
] as const

const SPARSE: TrainingPlan['model'] = {
  layers: 2,
  heads: 8,
  dHead: 8,
  dModel: 64,
  dMlp: 256,
  afrac: 0.25,
  topKSites: ALL_EIGHT,
  activation: 'gelu',
  bias: true,
  sink: true,
  bigramTable: true,
  positions: 'NONE',
  positionWidth: null,
}
const RELEASED_OPTIMISER: TrainingPlan['optimiser'] = {
  peakRate: 1.28e-2,
  warmup: 0.01,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 0.1,
  gradient: 'NORMALISE',
  weightDecay: 0.1,
}
const RELEASED_SPARSITY: TrainingPlan['sparsity'] = {
  density: 1 / 16,
  embeddingDensity: 1 / 4,
  biasDensity: 1,
  leastPerNeuron: 4,
  annealFrom: 0.01,
  annealTo: 0.5,
  anneal: 'LINEAR',
  exponent: 1,
  sharkfin: true,
}

const PRESETS: Readonly<Record<PresetName, TrainingPlan>> = {
  quick: {
    name: 'quick',
    text: { name: 'small-python', options: {} },
    seed: 0,
    model: SPARSE,
    batch: { steps: 1_200, sequences: 32, length: 32 },
    // At this size more is learnt at a higher rate than the released one.
    optimiser: { ...RELEASED_OPTIMISER, peakRate: 4e-2 },
    sparsity: RELEASED_SPARSITY,
    watch: { every: 100, sequences: 128, checkpointEvery: 100, referenceSequences: 128 },
  },
  standard: {
    name: 'standard',
    text: { name: 'small-python', options: {} },
    seed: 0,
    model: { ...SPARSE, layers: 4, heads: 16, dModel: 128, dMlp: 512 },
    batch: { steps: 5_000, sequences: 32, length: 64 },
    optimiser: { ...RELEASED_OPTIMISER, peakRate: 2e-2 },
    sparsity: { ...RELEASED_SPARSITY, density: 1 / 32 },
    watch: { every: 250, sequences: 256, checkpointEvery: 250, referenceSequences: 256 },
  },
  python: {
    name: 'python',
    text: { name: 'python', options: {} },
    seed: 0,
    model: { ...SPARSE, layers: 4, heads: 16, dHead: 16, dModel: 256, dMlp: 1_024 },
    batch: { steps: 8_000, sequences: 32, length: 128 },
    optimiser: RELEASED_OPTIMISER,
    sparsity: { ...RELEASED_SPARSITY, density: 1 / 32, embeddingDensity: 1 / 8 },
    watch: { every: 250, sequences: 256, checkpointEvery: 250, referenceSequences: 256 },
  },
}

/** Where the Python source lies, and the `tokenizer.json` to read it with. */
export interface PythonText {
  readonly folder: string
  readonly tokenizer: string
}

/** `python`: of the preset of that name alone. */
export function trainingPreset(name: PresetName, python: PythonText | null = null): TrainingPlan {
  const preset = PRESETS[name]
  return python === null
    ? preset
    : { ...preset, text: { ...preset.text, options: { ...preset.text.options, ...python } } }
}

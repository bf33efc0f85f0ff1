/**
 * How a weight-sparse transformer is trained: every item of the released recipe as a named setting (sparse-models.md
 * §2, §2.1), plain data, recorded with the model it made. The dense twin is the same plan with densities 1.
 */
import { canonicalJson, type JsonValue } from '../canonical-json.js'
import { sha256Hex } from '../sha256.js'
import type { TopKSite } from '../sparse-model-data.js'

/** Where the model gets positions from: nowhere, a learned vector added, or one concatenated to what sublayers read. */
export const POSITION_KINDS = ['NONE', 'ADDED', 'CONCATENATED', 'SINUSOIDAL'] as const

export interface PlannedModel {
  readonly layers: number
  readonly heads: number
  /** Channels of a head; heads · dHead need not be dModel. */
  readonly dHead: number
  readonly dModel: number
  readonly dMlp: number
  /** Fraction of channels that AbsTopK keeps, null for none. */
  readonly afrac: number | null
  readonly topKSites: readonly TopKSite[]
  readonly activation: 'gelu' | 'relu'
  readonly bias: boolean
  /** A learned key per head that holds nothing, to attend to nowhere. */
  readonly sink: boolean
  readonly bigramTable: boolean
  readonly positions: (typeof POSITION_KINDS)[number]
  /** Width of concatenated or sinusoidal positions, else null. */
  readonly positionWidth: number | null
}

export interface PlannedBatch {
  readonly steps: number
  /** Sequences of a step. */
  readonly sequences: number
  /** Tokens that are read of each; one more is drawn, for the last prediction. */
  readonly length: number
}

export interface OptimiserPlan {
  readonly peakRate: number
  /** Share of the steps over which the rate rises from 0. */
  readonly warmup: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** NORMALISE divides every gradient by its RMS over all parameters, CLIP only where the RMS is above 1. */
  readonly gradient: 'NORMALISE' | 'CLIP'
  /** Matrices but the bigram table shrink by this times the rate after each step. */
  readonly weightDecay: number
}

export interface SparsityPlan {
  /** Share of weights that stay at the end in each matrix of a block. */
  readonly density: number
  /** The same for embedding, unembedding and learned positions. */
  readonly embeddingDensity: number
  /** The same for biases of the blocks; the released code leaves them dense. */
  readonly biasDensity: number
  /** Least nonzeros of every neuron and attention channel. */
  readonly leastPerNeuron: number
  /** Shares of the steps between which weights thin out from dense to the end density. */
  readonly annealFrom: number
  readonly annealTo: number
  readonly anneal: 'LINEAR' | 'POWER_LAW'
  /** Of LINEAR: 1 − (1 − t)^exponent of the way at time t. */
  readonly exponent: number
  /** Learning rate × √(end density / density now). */
  readonly sharkfin: boolean
}

export interface WatchPlan {
  /** Steps between two held-out losses. */
  readonly every: number
  /** Held-out sequences. */
  readonly sequences: number
  /** Steps between two checkpoints. */
  readonly checkpointEvery: number
  /** Held-out sequences exported with the model, over which its means are taken. */
  readonly referenceSequences: number
}

export interface TrainingPlan {
  /** Name of the model. */
  readonly name: string
  /** Text it is trained on, by the name of a known source, with that source's own options. */
  readonly text: { readonly name: string; readonly options: { readonly [option: string]: JsonValue } }
  readonly seed: number
  readonly model: PlannedModel
  readonly batch: PlannedBatch
  readonly optimiser: OptimiserPlan
  readonly sparsity: SparsityPlan
  readonly watch: WatchPlan
}

/** SHA-256 of the plan's one spelling: a run goes on only with the plan it began with. */
export function planHash(plan: TrainingPlan): string {
  return sha256Hex(canonicalJson(plan as unknown as JsonValue))
}

/** The same plan without any weight removed, for comparison at equal loss. */
export function denseTwin(plan: TrainingPlan): TrainingPlan {
  const sparsity = { ...plan.sparsity, density: 1, embeddingDensity: 1, biasDensity: 1 }
  return { ...plan, name: `${plan.name}-dense`, sparsity }
}

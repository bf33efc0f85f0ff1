/** How a circuit is cut out of a model for a task: plain data, recorded with the circuit (algorithms.md §5). */
import { canonicalJson, type JsonValue } from '../canonical-json.js'
import { sha256Hex } from '../sha256.js'

/**
 * LEARNED_MASK: gates learned by gradient (Gao et al. 2025, A.5). ATTRIBUTION: channels by gradient × (mean −
 * activation). EAP_IG: edges by integrated gradients. LEAVE_ONE_OUT: ATTRIBUTION's circuit thinned until no node can go.
 * ACDC: the edges of a circuit that is there already, thinned.
 */
export const EXTRACTION_METHODS = ['LEARNED_MASK', 'ATTRIBUTION', 'EAP_IG', 'LEAVE_ONE_OUT', 'ACDC'] as const
export type ExtractionMethod = (typeof EXTRACTION_METHODS)[number]

/** What a mask is learned on: the two-sided loss between the answers, or KL(model‖circuit) over all tokens. */
export const EXTRACTION_OBJECTIVES = ['TASK_LOSS', 'KL'] as const
export type ExtractionObjective = (typeof EXTRACTION_OBJECTIVES)[number]

/** One try of mask learning; defaults are the centre of the published search. */
export interface MaskSetting {
  /** What a kept channel costs, nats (k_coef). */
  readonly sparsity: number
  readonly rate: number
  readonly weightDecay: number
  readonly beta2: number
  /** Share of the steps over which the rate rises; then a straight line to 0. */
  readonly warmup: number
  /** Gates begin at N(bias, scale²). */
  readonly noiseBias: number
  readonly noiseScale: number
  /** Of the sigmoid whose derivative stands in for the step's. */
  readonly temperature: number
}

export const PUBLISHED_SETTING: MaskSetting = {
  sparsity: 1e-4,
  rate: 3e-3,
  weightDecay: 1e-3,
  beta2: 0.95,
  warmup: 0.05,
  noiseBias: 0.1,
  noiseScale: 0.01,
  temperature: 1,
}

export interface LearningPlan {
  readonly steps: number
  /** Pairs of a step, both sides each. */
  readonly pairs: number
  /** Every one is tried; the smallest circuit is kept. */
  readonly settings: readonly MaskSetting[]
  /** Steps without a smaller mask at the target after which a try ends; null: never early. */
  readonly patience: number | null
}

export interface ExtractionPlan {
  /** Name and version, `small-python/with_as@1`. */
  readonly task: string
  readonly method: ExtractionMethod
  readonly objective: ExtractionObjective
  /** Loss per side, nats, that the circuit must reach on the fixed batch. */
  readonly targetLoss: number
  /** What stands for a channel that is not kept. */
  readonly replacement: 'MEAN' | 'ZERO'
  readonly seed: number
  /** Training pairs of the fixed batch on which sizes are compared. */
  readonly batch: number
  readonly learning: LearningPlan
  /** Take away, one by one, nodes whose loss does not need them (E2). */
  readonly minimal: boolean
  /** Of ACDC: rise of KL(model‖circuit) up to which an edge goes. */
  readonly threshold: number
}

export const DEFAULT_EXTRACTION: Omit<ExtractionPlan, 'task'> = {
  method: 'LEARNED_MASK',
  objective: 'TASK_LOSS',
  targetLoss: 0.15,
  replacement: 'MEAN',
  seed: 0,
  batch: 128,
  learning: {
    steps: 250,
    pairs: 64,
    settings: [1e-3, 3e-4, 3e-3].map((sparsity) => ({ ...PUBLISHED_SETTING, sparsity })),
    patience: 50,
  },
  minimal: false,
  threshold: 0.01,
}

export function extractionHash(plan: ExtractionPlan): string {
  return sha256Hex(canonicalJson(plan as unknown as JsonValue))
}

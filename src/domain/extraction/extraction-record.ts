/** What an extraction says of the circuit it made: stored beside it, shown with it. */
import type { TaskSplit } from '../task.js'
import type { TrainingDevice } from '../training/training-record.js'
import type { ExtractionPlan, MaskSetting } from './extraction-plan.js'
import type { MaskCurve } from './mask-learning.js'

/** One point of loss over size: the first channels of a ranking kept. */
export interface SizePoint {
  readonly nodes: number
  /** Per side, on the fixed batch. */
  readonly loss: number
}

/** One ranking of the channels, and where on it the target loss was reached. */
export interface ExtractionAttempt {
  /** Of LEARNED_MASK. */
  readonly setting: MaskSetting | null
  /** Channels that the learned mask kept; null for other methods. */
  readonly trained: number | null
  /** Least channels found that reach the target; null where none did. */
  readonly nodes: number | null
  readonly loss: number | null
  /** More channels than the learned mask kept: the excess is arbitrary, a failed try (sparse-models.md §8.2). */
  readonly aboveTrained: boolean
  readonly sizes: readonly SizePoint[]
  readonly curve: MaskCurve | null
}

/** Losses per side in nats, on examples that nothing was fitted to. */
export interface HeldOutReading {
  readonly split: TaskSplit
  readonly examples: number
  readonly model: number
  readonly circuit: number
  /** The model without the circuit. */
  readonly complement: number
  /** Nothing kept. */
  readonly empty: number
  /** The circuit with scale and shift of its logits fitted on the fixed batch. */
  readonly calibrated: number | null
  readonly accuracy: number
  readonly modelAccuracy: number
  /** Share of the model's distance from chance that the circuit keeps, and that removing it destroys. */
  readonly sufficiency: number | null
  readonly necessity: number | null
}

export interface ExtractionRecord {
  readonly plan: ExtractionPlan
  readonly planHash: string
  readonly modelId: string
  readonly taskId: string
  /** What masks were learned on; null for methods without learning. */
  readonly device: TrainingDevice | null
  readonly seconds: number
  readonly attempts: readonly ExtractionAttempt[]
  /** Place of the attempt that the circuit comes from. */
  readonly chosen: number
  readonly nodes: number
  readonly edges: number
  /** On the fixed batch. */
  readonly loss: number
  /** Examples that the model's tokenizer cannot ask, by reason. */
  readonly dropped: Readonly<Record<string, number>>
  readonly heldOut: readonly HeldOutReading[]
  /** Scale and shift of the logits, where they were fitted. */
  readonly calibration: { readonly scale: number; readonly shift: number } | null
  /** PENDING until the controls have been run. */
  readonly verdict: 'PENDING'
}

/** Gates learned for the channels of a model, as plain data that travels to a worker thread. */
import type { SparseModelData } from '../sparse-model-data.js'
import type { BackendName, TrainingDevice } from '../training/training-record.js'
import type { ExtractionObjective, LearningPlan, MaskSetting } from './extraction-plan.js'

/** Two prompts with the right answer of each. */
export interface AnsweredPair {
  readonly clean: readonly number[]
  readonly corrupt: readonly number[]
  readonly target: number
  readonly alternative: number
}

export interface MaskLearning {
  readonly model: SparseModelData
  readonly pairs: readonly AnsweredPair[]
  /** Sites that masks stand at, with their widths. */
  readonly sites: readonly { readonly tap: string; readonly width: number }[]
  /** What stands for a channel that is not kept, by tap. */
  readonly replacements: ReadonlyMap<string, Float64Array>
  readonly objective: ExtractionObjective
  /** Loss per side that a mask should reach: for ending early. */
  readonly targetLoss: number
  readonly learning: LearningPlan
  readonly seed: number
  readonly backend: BackendName | 'fastest'
}

/** Mean loss per side of the last steps and channels kept, at every tenth step or so. */
export interface MaskCurve {
  readonly step: readonly number[]
  readonly loss: readonly number[]
  readonly kept: readonly number[]
}

export interface LearnedMask {
  readonly setting: MaskSetting
  /** τ of every channel, by tap: 0 and above is kept. */
  readonly gates: ReadonlyMap<string, Float32Array>
  readonly kept: number
  readonly steps: number
  readonly curve: MaskCurve
}

export interface LearnedMasks {
  readonly device: TrainingDevice
  /** In the order of the settings. */
  readonly masks: readonly LearnedMask[]
}

export interface MaskProgress {
  /** Steps of all settings. */
  readonly done: number
  readonly total: number
  readonly setting: number
  readonly loss: number
  readonly kept: number
}

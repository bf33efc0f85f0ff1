/** What a training run says of itself, while it runs and afterwards beside the model it made. */
import type { TrainingPlan } from './training-plan.js'

export interface TrainingProgress {
  /** Steps done, and how many there are. */
  readonly step: number
  readonly steps: number
  /** Cross-entropy of the last step's text, nats per token. */
  readonly loss: number
  /** The same on held-out text, last time it was measured. */
  readonly heldOutLoss: number | null
  /** Nonzero weights of all matrices but the bigram table. */
  readonly l0: number
  readonly tokensPerSecond: number
  readonly secondsLeft: number
}

/** Losses over the run: `step[i]` steps were done when the others were measured. */
export interface LossCurve {
  readonly step: readonly number[]
  /** Mean cross-entropy in nats per token since the point before (training) or at this step (held out). */
  readonly loss: readonly number[]
  readonly l0: readonly number[]
}

/** What training can run on: TensorFlow itself, a graphics card, WebAssembly, plain JavaScript. */
export const BACKEND_NAMES = ['native', 'webgpu', 'wasm', 'cpu'] as const
export type BackendName = (typeof BACKEND_NAMES)[number]

export interface TrainingDevice {
  readonly backend: BackendName
  /** Versions and hardware, one line. */
  readonly device: string
}

export interface TensorCount {
  readonly name: string
  readonly parameters: number
  readonly nonzeros: number
}

export interface TrainingRecord {
  readonly plan: TrainingPlan
  readonly planHash: string
  /** Name and version of the text. */
  readonly text: string
  readonly device: TrainingDevice
  readonly tokens: number
  readonly seconds: number
  /** Steps at which the run went on from a checkpoint. */
  readonly resumedAt: readonly number[]
  readonly training: LossCurve
  readonly heldOut: LossCurve
  readonly l0: number
  readonly counts: readonly TensorCount[]
}

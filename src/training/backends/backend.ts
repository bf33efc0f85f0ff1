/** One way to compute: TensorFlow.js with what carries it, and the kernels that suit it. */
import type { TrainingDevice } from '../../domain/training/training-record.js'
import type { Kernels } from '../kernels/kernels.js'

export interface Backend extends TrainingDevice {
  readonly kernels: Kernels
  /** Can results be read without waiting? */
  readonly isSynchronous: boolean
  /** Makes it the one that TensorFlow.js computes with from now on. */
  use(): Promise<void>
}

/** Folders that may hold packages which do not come with the product. */
export interface BackendPlaces {
  /** Has `node_modules/@tensorflow/tfjs-node-gpu` or `…/tfjs-node`; null where only the product's own are looked at. */
  readonly native: string | null
}

/** What a way of cutting starts from and what it gives: every method of `ExtractionPlan` is one function between them. */
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import type { ExtractionPlan } from '../../domain/extraction/extraction-plan.js'
import type { ExtractionAttempt } from '../../domain/extraction/extraction-record.js'
import type { GraphData } from '../../domain/graph-data.js'
import type { TrainingDevice } from '../../domain/training/training-record.js'
import type { MaskSetting } from '../faithfulness/masked-runs.js'
import type { Watching } from '../ports/model-runner.js'

export interface CutSetting {
  readonly plan: ExtractionPlan
  /** Masked runs over the fixed batch: sizes are compared on it and on nothing else. */
  readonly runs: MaskSetting
  /** The whole model as a graph: its channels and weights. */
  readonly graph: GraphData
  readonly watching: Watching
}

export interface Cut {
  readonly channels: ChannelSet
  /** Edges of the whole model's graph, ascending; null: every one between two kept channels. */
  readonly edges: Uint32Array | null
  readonly attempts: readonly ExtractionAttempt[]
  /** Place of the attempt that this is. */
  readonly chosen: number
  readonly device: TrainingDevice | null
}

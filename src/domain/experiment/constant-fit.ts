/** Optimal constants (semantics.md §11): one value per replaced channel, jointly making a metric small or large, as plain data. */
import type { ChannelSet } from './channel-set.js'
import type { Gates } from './measurement.js'
import type { Metric, PromptCase } from './metric.js'

export interface ConstantFit {
  readonly modelId: string
  /** What is fitted on; the metric's mean over them is made small or large. */
  readonly prompts: readonly PromptCase[]
  readonly metric: Metric
  /** +1: the metric is made small (loss, KL); −1: it is made large. */
  readonly sense: 1 | -1
  /** Parts join; a place covered twice counts once. */
  readonly replaced: readonly {
    readonly channels: ChannelSet
    /** Ascending, one list per prompt; null: every position. */
    readonly positions: readonly Uint32Array[] | null
  }[]
  /** Where the search begins, one value per channel of every replaced tap: means, or zeros. */
  readonly start: ReadonlyMap<string, Float64Array>
  /** Most steps; each costs one run and its gradient per prompt, and more where its length has to be searched for. */
  readonly maxSteps: number
  readonly gates: Gates
  readonly normEpsilon?: number
}

export interface FittedConstants {
  /** One value per channel of the replaced taps; channels that are not replaced keep the start value. */
  readonly values: ReadonlyMap<string, Float64Array>
  /** Mean metric at the start and at the end, which is never the worse. */
  readonly before: number
  readonly after: number
  readonly steps: number
  /** Did the search stop because it no longer got better, before `maxSteps`? */
  readonly converged: boolean
  /** Model runs, gradients not counted apart. */
  readonly evaluations: number
  readonly smallestMargin: number
}

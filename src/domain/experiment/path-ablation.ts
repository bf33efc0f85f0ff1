/**
 * Ablating paths (semantics.md §10), as plain data. A set of paths is one change of the treeified model: there is one
 * copy of a channel for every way in which paths go on from it, so that paths which end alike share the copies of their
 * common end, and a copy sees everything that reaches it at once. The set of all paths from a channel is then that
 * channel's own ablation, and a set of one path is the recursion δ_{i+1} = F(x + δ_i on that link only) − F(x).
 */
import type { ChannelSet } from './channel-set.js'
import type { Fill, Gates } from './measurement.js'
import type { Metric, PromptCase } from './metric.js'

/** Released tap, or `embed`, `final_resid`, and a channel of it. */
export interface PathPoint {
  readonly tap: string
  readonly index: number
}

export interface PathAblation {
  readonly modelId: string
  readonly prompts: readonly PromptCase[]
  readonly metrics: readonly Metric[]
  /**
   * From source to end along stored weights and residual links; the last point is `final_resid`, or a write, whose link
   * to `final_resid` is then implied. Where one path begins inside another, its own beginning counts.
   */
  readonly paths: readonly (readonly PathPoint[])[]
  /**
   * REMOVE: first points carry the replacement, along these paths only. KEEP_ONLY: first points carry the values of the
   * unablated model, along these paths only.
   */
  readonly mode: 'REMOVE' | 'KEEP_ONLY'
  /** What is replaced wherever no path leads: outside a circuit (REMOVE), everything maskable (KEEP_ONLY). */
  readonly replaced: ChannelSet
  /** One row per path behind the row of all together? */
  readonly each: boolean
  readonly fill: Fill
  /** Where first points are changed, one ascending list per prompt; null: everywhere. */
  readonly positions: readonly Uint32Array[] | null
  readonly gates: Gates
  readonly normEpsilon?: number
}

export interface PathAblationAnswer {
  /** [1 + (each ? paths : 0), metrics, prompts]; the first row is together. NaN where a metric is undefined. */
  readonly values: Float64Array
  readonly evaluations: number
  /** Smallest gap at an AbsTopK cut by row; Infinity where nothing was cut. */
  readonly margins: Float64Array
}

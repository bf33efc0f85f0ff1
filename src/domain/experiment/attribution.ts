/**
 * Scores of elements from gradients, as plain data that travels to worker threads. Every score approximates
 * m(element replaced) − m(full) (semantics.md §3).
 */
import type { ChannelSet } from './channel-set.js'
import type { Fill, Gates, LinkFamily } from './measurement.js'
import type { Metric, PromptCase } from './metric.js'
import type { RowFill } from './row-fill.js'

export const QUADRATURES = ['MIDPOINT', 'GAUSS_LEGENDRE'] as const
export type Quadrature = (typeof QUADRATURES)[number]

export type GradientMethod =
  | { readonly kind: 'GRADIENT_TIMES_ACTIVATION' }
  /** AtP and AtP* (algorithms.md C1). */
  | { readonly kind: 'ATTRIBUTION_PATCHING'; readonly qkFix: boolean; readonly gradDrop: boolean }
  /** On each site by itself, the rest of the net free; `steps` null: refined until the gap is small or `maxSteps`. */
  | {
      readonly kind: 'INTEGRATED_GRADIENTS'
      readonly steps: number | null
      readonly rule: Quadrature
      readonly maxSteps: number
    }
  /** EAP. */
  | { readonly kind: 'EDGE_ATTRIBUTION_PATCHING' }
  /** EAP-IG: gradients averaged over runs whose input embedding is interpolated. */
  | { readonly kind: 'EDGE_INTEGRATED_GRADIENTS'; readonly steps: number; readonly rule: Quadrature }
  | { readonly kind: 'DEEP_LIFT' }
  /** Writes to the final residual, norm frozen at the clean run. */
  | { readonly kind: 'DIRECT_LOGIT' }

/** What gets a score. */
export type Elements =
  | { readonly kind: 'CHANNELS'; readonly channels: ChannelSet }
  | { readonly kind: 'LINKS'; readonly families: readonly LinkFamily[] }
  /** Input positions: embedding row and bigram row together. */
  | { readonly kind: 'TOKENS' }
  /** Every (layer, head) that holds one of these channels: the head's kept v, joined. */
  | { readonly kind: 'HEADS'; readonly channels: ChannelSet }

export interface Attribution {
  readonly modelId: string
  readonly prompts: readonly PromptCase[]
  readonly metric: Metric
  readonly method: GradientMethod
  readonly of: Elements
  /** z̃ of the elements. */
  readonly baseline: Fill
  /**
   * The input at the baseline: what TOKENS are weighed against, and where EDGE_INTEGRATED_GRADIENTS and DEEP_LIFT run
   * to. Default: the baseline, where that is one value or other prompts.
   */
  readonly rows?: RowFill
  /** Channels that stay replaced throughout: what lies outside a circuit. Empty on a model. */
  readonly background: { readonly replaced: ChannelSet; readonly fill: Fill }
  readonly gates: Gates
  /** Measure the joint replacement of every site as well? Default true: one more run per site and prompt. */
  readonly cuts?: boolean
  readonly normEpsilon?: number
}

export interface AttributionScores {
  /** One per element, in the order of `of` (taps in map order, then index; families in order; positions; layer, head). */
  readonly labels: readonly string[] | null
  readonly count: number
  /** [prompt, element]: signed sum over positions. */
  readonly scores: Float64Array
  /** [prompt, element]: sum of absolute values over positions. */
  readonly absolute: Float64Array
  /** m of the full run and, per cut, m with the whole site replaced jointly. One row per prompt. */
  readonly values: Float64Array
  /** Gap accounts, only where a sum has a meaning (semantics.md §7). */
  readonly cuts: readonly {
    /** Tap name, or `input`. */
    readonly site: string
    /** [prompt] each */
    readonly sum: Float64Array
    readonly replaced: Float64Array
  }[]
  /** Quadrature steps used; null for methods without. */
  readonly steps: number | null
  /** How many AbsTopK choices changed along an integration path, where one was walked. */
  readonly jumps: number | null
  readonly evaluations: number
  readonly smallestMargin: number
}

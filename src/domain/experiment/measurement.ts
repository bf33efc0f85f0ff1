/**
 * A measurement: metrics of a model that is run in many ways over many prompts, as plain data that travels to worker
 * threads. Sets, positions and fills stand in tables and are named by their place there, so that a sweep of thousands
 * of variants stays small. Every question about behaviour becomes one or more of these.
 */
import type { ChannelSet } from './channel-set.js'
import type { Metric, PromptCase } from './metric.js'
import type { RowFill } from './row-fill.js'

/** Norms, attention patterns and AbsTopK choices: recomputed, or those of the unablated model on the same prompt. */
export type Gate = 'LIVE' | 'FROZEN'
export interface Gates {
  readonly norms: Gate
  readonly attention: Gate
  readonly topK: Gate
}
export const LIVE_GATES: Gates = { norms: 'LIVE', attention: 'LIVE', topK: 'LIVE' }

/** What stands in place of a replaced channel, after AbsTopK of its site (semantics.md §11). */
export type Fill =
  | { readonly kind: 'CONSTANT'; readonly value: number }
  /** One value per channel of a tap, at all positions: means, optimal constants. */
  | { readonly kind: 'PER_CHANNEL'; readonly values: ReadonlyMap<string, Float64Array> }
  /** [position, channel] of a tap; prompts no longer than that. */
  | {
      readonly kind: 'PER_POSITION'
      readonly positions: number
      readonly values: ReadonlyMap<string, Float64Array>
    }
  /** The same place of the unablated model's run on another prompt, one per prompt and as long as it. */
  | { readonly kind: 'FROM_PROMPTS'; readonly prompts: readonly (readonly number[])[] }

/** Members of a table entry of channel sets. */
export interface SetEntry {
  readonly channels: ChannelSet
  /** True: every channel of the measurement's universe but these. */
  readonly complement: boolean
}

/**
 * Links of one kind between two taps as columns. Weight links: act_in → q, k, v, post_act; v, post_act → resid_delta.
 * Residual links (semantics.md §10): resid_delta or embed → act_in or final_resid, source and target the same channel.
 */
export interface LinkFamily {
  readonly from: string
  readonly to: string
  readonly source: Uint32Array
  readonly target: Uint32Array
}

export interface LinkSet {
  readonly families: readonly LinkFamily[]
  /** True: every weight link between channels of the universe but these (residual links stay). */
  readonly complement: boolean
}

/** One way to run the model; nothing given is the model as it is. Parts join; a place covered twice counts once. */
export interface Variant {
  readonly replaced: readonly {
    /** Into `sets`. */
    readonly set: number
    /** Into `positions`; null: every position. */
    readonly positions: number | null
  }[]
  /** Into `linkSets`: links that carry the replacement of their source instead of its value. */
  readonly links: readonly number[]
  /** Into `fills`. */
  readonly fill: number
  /** Positions whose tokens' rows are those of `rows`; ones beyond a prompt move nothing in it. Default: none. */
  readonly moved?: readonly number[]
}

export interface Measurement {
  readonly modelId: string
  readonly prompts: readonly PromptCase[]
  readonly metrics: readonly Metric[]
  /** N: the channels that a complement is taken in (semantics.md §5). */
  readonly universe: ChannelSet
  readonly sets: readonly SetEntry[]
  readonly linkSets: readonly LinkSet[]
  /** positions[choice][prompt]: ascending positions. */
  readonly positions: readonly (readonly Uint32Array[])[]
  readonly fills: readonly Fill[]
  /** Needed where a variant moves tokens. */
  readonly rows?: RowFill
  readonly variants: readonly Variant[]
  readonly gates: Gates
  /**
   * MASKED runs everything. COMPILED runs only the kept channels where that is exact to 1e-12 (semantics.md §4, §14):
   * constant fills, nodes, live gates, margins above 1e-9; elsewhere it falls back to MASKED.
   */
  readonly execution: 'MASKED' | 'COMPILED'
  readonly normEpsilon?: number
}

export interface MeasurementAnswer {
  /** [variant · metrics · prompts]; NaN where the metric is undefined for the prompt. */
  readonly values: Float64Array
  /** Model runs, those behind KL, frozen gates and fills included. */
  readonly evaluations: number
  /** Smallest gap at an AbsTopK cut per variant; Infinity where nothing was cut. */
  readonly margins: Float64Array
  /** How many evaluations a compiled circuit answered. */
  readonly compiled: number
}

/** The fill of the prompts from `from` up to, not including, `to`. */
export function fillOfPrompts<F extends Fill | RowFill>(fill: F, from: number, to: number): F {
  return fill.kind === 'FROM_PROMPTS' ? { ...fill, prompts: fill.prompts.slice(from, to) } : fill
}

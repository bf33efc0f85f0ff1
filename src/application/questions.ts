/** What can be asked of one graph: plain data, defaults already filled in by the door that took the question. */

import type { EdgeFilter } from '../query/edge-filter.js'
import type { LinkPolicy, WeightedNode } from '../query/graph-expression.js'
import type { NodeFilter } from '../query/node-filter.js'
import type { NodeSelector } from '../query/node-selector.js'
import type { MetricName } from './ports/model-runner.js'

/** Page of a Relay connection; exactly one of first and last. */
export interface PageRequest {
  readonly first: number | null
  readonly after: string | null
  readonly last: number | null
  readonly before: string | null
}

export const NODE_ORDER_FIELDS = [
  'CANONICAL',
  'ADDRESS',
  'LAYER',
  'POSITION',
  'INDEX',
  'ACTIVATION',
  'PROBABILITY',
  'LABEL',
] as const
export const EDGE_ORDER_FIELDS = ['CANONICAL', 'WEIGHT', 'ABS_WEIGHT'] as const
export type OrderBy<Field> = {
  readonly by:
    | { readonly kind: 'field'; readonly field: Field }
    | { readonly kind: 'score'; readonly score: string }
  readonly direction: 'ASC' | 'DESC'
}

export interface NodesQuestion {
  readonly filter: NodeFilter | null
  /** Null: canonical order. */
  readonly orderBy: OrderBy<(typeof NODE_ORDER_FIELDS)[number]> | null
  readonly page: PageRequest
}
export interface EdgesQuestion {
  readonly filter: EdgeFilter | null
  readonly orderBy: {
    readonly field: (typeof EDGE_ORDER_FIELDS)[number]
    readonly direction: 'ASC' | 'DESC'
  } | null
  readonly page: PageRequest
}

export const PATH_RANKS = [
  'ABSOLUTE_PRODUCT',
  'MOST_POSITIVE',
  'MOST_NEGATIVE',
  'SHARE',
  'WEAKEST_SCORE',
] as const
export type PathRank = (typeof PATH_RANKS)[number]

/** An end of a path question: nodes of the graph, or ends attached to a weight graph (token, logit, contrast). */
export type PathEnd =
  | { readonly kind: 'nodes'; readonly nodes: NodeSelector }
  /** `token(5)`: embedding row of a vocabulary id, attached to a weight graph. */
  | { readonly kind: 'token'; readonly token: number }
  /** `logit(5)` or the contrast `logit(5)-logit(7)`, attached to a weight graph. */
  | { readonly kind: 'logit'; readonly token: number; readonly minus: number | null }

export interface PathQuestion {
  /** Null: the graph's tokens (attribution), or its nodes without inputs. */
  readonly from: PathEnd | null
  /** Null: the graph's logits (attribution), or its nodes without outputs. */
  readonly to: PathEnd | null
  /** Null: the default of the graph's edge meaning. */
  readonly rankBy: PathRank | null
  /** Null: OV_ONLY with residual links. */
  readonly links: LinkPolicy | null
  /** 1…10,000. */
  readonly first: number
  readonly after: string | null
}

export interface FlowQuestion {
  readonly from: PathEnd | null
  readonly to: PathEnd | null
  /** Only the part of the totals that passes this set. */
  readonly via: NodeSelector | null
  readonly links: LinkPolicy | null
}

export interface InfluenceQuestion {
  readonly on: readonly WeightedNode[] | null
}

export interface ColumnsQuestion {
  readonly edges: EdgeFilter | null
}

/** Token ids, or text for models that came with a vocabulary. */
export type PromptInput =
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] }
  | { readonly kind: 'text'; readonly text: string }

export interface MeasuredPrompt {
  readonly prompt: PromptInput
  readonly target: number | null
  readonly alternative: number | null
}

export const REPLACEMENTS = ['ZERO', 'MEAN'] as const
export type ReplacementChoice =
  | { readonly kind: 'preset'; readonly preset: (typeof REPLACEMENTS)[number] }
  /** Means over these sequences instead of the model's own reference set. */
  | { readonly kind: 'mean'; readonly referenceSet: readonly (readonly number[])[] }
  /** One given value for every channel. */
  | { readonly kind: 'value'; readonly value: number }

export interface RunQuestion {
  readonly prompt: PromptInput
  /** How many next tokens to list, 1…1000. */
  readonly top: number
  readonly target: number | null
  readonly alternative: number | null
  /** Channels whose activations to give back: addresses without position. */
  readonly activations: readonly string[]
  /** Layers whose attention patterns to give back. */
  readonly attentionLayers: readonly number[]
  /** Values set by hand before the run goes on. */
  readonly interventions: readonly {
    readonly address: string
    readonly positions: readonly number[] | null
    readonly value: number
  }[]
  /** On a circuit: what takes the place of everything outside it. */
  readonly replacement: ReplacementChoice
}

export const ABLATION_MODES = ['REMOVE', 'KEEP_ONLY'] as const
export const BACKGROUNDS = ['MODEL', 'CIRCUIT'] as const
export const SWEEPS = ['TOGETHER', 'EACH_NODE'] as const

export type MetricChoice =
  | { readonly kind: 'preset'; readonly preset: MetricName }
  /** A logit or contrast: `logit(5)`, `logit(5)-logit(7)`. */
  | { readonly kind: 'direction'; readonly direction: string }

export interface AblationQuestion {
  readonly target: NodeSelector
  readonly mode: (typeof ABLATION_MODES)[number]
  /** Required when the graph is a sparse circuit; MODEL on a model; null on graphs without a model. */
  readonly background: (typeof BACKGROUNDS)[number] | null
  readonly replacements: readonly ReplacementChoice[]
  readonly on: readonly MeasuredPrompt[]
  readonly metrics: readonly MetricChoice[]
  readonly sweep: (typeof SWEEPS)[number]
  /** May a linear estimate answer where nothing can be run? */
  readonly allowEstimate: boolean
}

export const ATTRIBUTION_METHODS = ['GRADIENT_TIMES_ACTIVATION', 'EXACT_ABLATION', 'DIRECT_LOGIT'] as const
export interface AttributionQuestion {
  readonly metric: MetricChoice
  readonly method: (typeof ATTRIBUTION_METHODS)[number]
  /** Null: every node of the graph. */
  readonly nodes: NodeSelector | null
  readonly baseline: ReplacementChoice
  readonly on: readonly MeasuredPrompt[]
  readonly allowEstimate: boolean
}

/** What can be asked of one graph: plain data, defaults already filled in by the door that took the question. */

import type { Quadrature } from '../domain/experiment/attribution.js'
import type { Gates } from '../domain/experiment/measurement.js'
import type { MetricName } from '../domain/experiment/metric.js'
import type { TaskSplit } from '../domain/task.js'
import type { CircuitCondition } from '../query/catalogue-query.js'
import type { EdgeFilter } from '../query/edge-filter.js'
import type { LinkPolicy, PathEnd, PathRank, PromptInput, WeightedNode } from '../query/graph-expression.js'
import type { NodeFilter } from '../query/node-filter.js'
import type { NodeSelector } from '../query/node-selector.js'

export type { PromptInput }

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

export type { PathEnd, PathRank }

export interface PathQuestion {
  /** Null: the graph's tokens (attribution), or its nodes without inputs. */
  readonly from: PathEnd | null
  /** Null: the graph's logits (attribution), or its nodes without outputs. */
  readonly to: PathEnd | null
  /** Text of a path pattern; null: every path. Where it is given, ends that are null are wherever it lets them be. */
  readonly pattern: string | null
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
  /** Divide each edge value by the sum of the absolute values into its target, chain points eliminated. */
  readonly normalise: boolean
}

export interface MatchQuestion {
  /** Text of the pattern. */
  readonly pattern: string
  /** Null: every circuit. */
  readonly where: CircuitCondition | null
  readonly perCircuit: number
  readonly page: PageRequest
}

export interface BottleneckQuestion {
  readonly from: PathEnd | null
  readonly to: PathEnd | null
  /** Null: OV_AND_QK with residual links. */
  readonly links: LinkPolicy | null
}

export interface InfluenceQuestion {
  readonly on: readonly WeightedNode[] | null
}

export interface ColumnsQuestion {
  readonly edges: EdgeFilter | null
}

export interface MeasuredPrompt {
  readonly prompt: PromptInput
  readonly target: number | null
  readonly alternative: number | null
}

/** Two prompts that differ in what the behaviour depends on; the corrupt one has the two answers exchanged. */
export interface MeasuredPair {
  readonly clean: PromptInput
  readonly corrupt: PromptInput
  /** Right next token after the clean prompt. */
  readonly target: number
  /** Right next token after the corrupt prompt. */
  readonly alternative: number | null
}

export type MeasuredOn =
  | {
      readonly kind: 'prompts'
      readonly prompts: readonly MeasuredPrompt[]
      /** Where prompts without a target are measured. */
      readonly at: 'LAST' | 'ALL'
    }
  | {
      readonly kind: 'pairs'
      readonly pairs: readonly MeasuredPair[]
      /** Both members with their own answers, or the clean one alone. */
      readonly sides: 'BOTH' | 'CLEAN'
    }
  | {
      readonly kind: 'task'
      /** Its id: names are resolved by the door that took the question. */
      readonly task: string
      readonly split: TaskSplit | 'ALL'
      /** At most so many examples, from the first. */
      readonly first: number
      readonly sides: 'BOTH' | 'CLEAN'
    }

export const REPLACEMENTS = ['ZERO', 'MEAN', 'MEAN_PER_POSITION', 'OPTIMAL_CONSTANT'] as const
export type ReplacementChoice =
  | { readonly kind: 'preset'; readonly preset: (typeof REPLACEMENTS)[number] }
  /** Means over these sequences instead of the model's own reference set. */
  | { readonly kind: 'mean'; readonly referenceSet: readonly (readonly number[])[] }
  /** One given value for every channel. */
  | { readonly kind: 'value'; readonly value: number }
  /** The partner of the pair, position by position. */
  | { readonly kind: 'corrupt' }
  /** A sequence of the reference set, drawn per prompt. */
  | { readonly kind: 'dataset'; readonly seed: number }

export type PositionChoice =
  | { readonly kind: 'indices'; readonly indices: readonly number[] }
  /** From `from` up to, not including, `to`. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  /** 0 is the last position. */
  | { readonly kind: 'fromEnd'; readonly offsets: readonly number[] }
  | { readonly kind: 'tokens'; readonly ids: readonly number[]; readonly texts: readonly string[] }
  /** Positions that a task's examples name, such as `quote`. */
  | { readonly kind: 'role'; readonly role: string }

export interface ActivationsQuestion {
  /** Null: the reference set of the model. */
  readonly on: readonly PromptInput[] | null
  readonly order: 'TOP' | 'BOTTOM' | 'QUANTILE'
  /** Places to show, 1…100. */
  readonly first: number
}

export type InterventionChange =
  | { readonly kind: 'SET' | 'ADD' | 'SCALE'; readonly value: number }
  | { readonly kind: 'CLAMP'; readonly least: number; readonly most: number }
  | { readonly kind: 'REPLACE'; readonly replacement: ReplacementChoice }

export interface RunQuestion {
  /** Null: the prompt of a graph without a model. */
  readonly prompt: PromptInput | null
  /** How many next tokens to list, 1…1000. */
  readonly top: number
  readonly target: number | null
  readonly alternative: number | null
  /** Channels whose activations to give back: addresses without position. */
  readonly activations: readonly string[]
  /** Layers whose attention patterns to give back. */
  readonly attentionLayers: readonly number[]
  /** What is changed before the run goes on, in this order. */
  readonly interventions: readonly {
    readonly at: NodeSelector
    readonly positions: PositionChoice | null
    readonly change: InterventionChange
  }[]
  readonly gates: Gates
  readonly generate: {
    readonly length: number
    readonly temperature: number
    readonly seed: number
  } | null
  /** On a circuit: what takes the place of everything outside it. */
  readonly replacement: ReplacementChoice
  /** May a linear estimate answer where nothing can be run? */
  readonly allowEstimate: boolean
}

export const ABLATION_MODES = ['REMOVE', 'KEEP_ONLY'] as const
export const BACKGROUNDS = ['MODEL', 'CIRCUIT'] as const
export const ABLATION_DIRECTIONS = ['NOISING', 'DENOISING'] as const
export type AblationDirection = (typeof ABLATION_DIRECTIONS)[number]
export const SWEEPS = [
  'TOGETHER',
  'EACH_NODE',
  'EACH_EDGE',
  'EACH_PATH',
  'EACH_PAIR',
  'EACH_HEAD',
  'EACH_LAYER',
  'EACH_POSITION',
  'EACH_LAYER_AND_POSITION',
] as const

export type MetricChoice =
  | { readonly kind: 'preset'; readonly preset: MetricName }
  /** A logit or contrast: `logit(5)`, `logit(5)-logit(7)`. */
  | { readonly kind: 'direction'; readonly direction: string }

export type EdgeSelector =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'where'; readonly where: EdgeFilter }

export type PartsTarget =
  | { readonly kind: 'nodes'; readonly nodes: NodeSelector }
  | { readonly kind: 'edges'; readonly edges: EdgeSelector }
/** Addresses of channels from source to end, neighbours joined by a weight or a residual link. */
export interface PathTarget {
  readonly kind: 'paths'
  readonly paths: readonly (readonly string[])[]
}
export type AblationTarget = PartsTarget | PathTarget

export type Sweep =
  | { readonly kind: 'preset'; readonly preset: (typeof SWEEPS)[number] }
  /** The first 1, 2, 3 … of a ranking together. */
  | {
      readonly kind: 'cumulative'
      /** Addresses, most important first; null: canonical order. */
      readonly ranking: readonly string[] | null
      readonly order: 'FIRST_TO_LAST' | 'LAST_TO_FIRST'
      /** Null: every size. */
      readonly sizes: readonly number[] | null
    }

export interface AblationQuestion<Target extends AblationTarget = AblationTarget> {
  readonly target: Target
  /** Null: everywhere. */
  readonly positions: PositionChoice | null
  readonly mode: (typeof ABLATION_MODES)[number]
  /** Required when the graph is a sparse circuit; MODEL on a model; null on graphs without a model. */
  readonly background: (typeof BACKGROUNDS)[number] | null
  readonly replacements: readonly ReplacementChoice[]
  readonly direction: AblationDirection
  readonly on: MeasuredOn
  /** What OPTIMAL_CONSTANT is fitted on; null: every second example of `on`, and the others are measured. */
  readonly train: MeasuredOn | null
  readonly metrics: readonly MetricChoice[]
  readonly gates: Gates
  readonly sweep: Sweep
  /** May a linear estimate answer where nothing can be run? */
  readonly allowEstimate: boolean
}

export const ATTRIBUTION_PRESETS = [
  'GRADIENT_TIMES_ACTIVATION',
  'EDGE_ATTRIBUTION_PATCHING',
  'DIRECT_LOGIT',
  'DEEP_LIFT',
  'EXACT_ABLATION',
] as const
export const ATTRIBUTED = ['NODES', 'EDGES', 'TOKENS', 'HEADS'] as const

export type AttributionMethod =
  | { readonly kind: 'preset'; readonly preset: (typeof ATTRIBUTION_PRESETS)[number] }
  | { readonly kind: 'attributionPatching'; readonly qkFix: boolean; readonly gradDrop: boolean }
  | {
      readonly kind: 'integratedGradients'
      /** Null: refined until the gap is small. */
      readonly steps: number | null
      readonly rule: Quadrature
    }
  | { readonly kind: 'edgeIntegratedGradients'; readonly steps: number; readonly rule: Quadrature }
  | { readonly kind: 'shapley'; readonly permutations: number; readonly seed: number }

export interface AttributionQuestion {
  readonly metric: MetricChoice
  readonly of: (typeof ATTRIBUTED)[number]
  readonly method: AttributionMethod
  /** Null: every node of the graph; for edges those between the nodes; without meaning for tokens. */
  readonly nodes: NodeSelector | null
  readonly baseline: ReplacementChoice
  /** What is explained: the model, or the graph alone, with everything outside it at the baseline. */
  readonly background: (typeof BACKGROUNDS)[number]
  readonly on: MeasuredOn
  readonly gates: Gates
  readonly allowEstimate: boolean
}

export interface TaskEvaluationQuestion {
  /** Its id. */
  readonly task: string
  readonly split: TaskSplit | 'ALL'
  /** At most so many examples, from the first. */
  readonly first: number
  /** What takes the place of everything outside a circuit; not used for a model. */
  readonly replacement: ReplacementChoice
}

export interface FaithfulnessQuestion {
  /** Task or pairs; `first` bounds the examples. */
  readonly on: MeasuredOn
  /** Which split of a task is measured; rankings come from the other one. */
  readonly split: TaskSplit
  readonly replacement: ReplacementChoice
  /** Whose channels the curve keeps: the model's, or the circuit's. */
  readonly universe: (typeof BACKGROUNDS)[number]
  /** Name of a score of the graph's nodes; null: leave-one-out inside a circuit, gradients in a model. */
  readonly ranking: string | null
  /** Rank by signed score, or by its size. */
  readonly signed: boolean
  /** Shares of the universe; null: the published grid. */
  readonly grid: readonly number[] | null
  readonly randomDraws: number
  /** Measure the controls of size, which search circuits on other data? */
  readonly controls: boolean
  readonly seed: number
}

/** Elements of an attribution to ablate exactly: the largest scores, and an even draw from the rest. */
export interface AttributionCheckQuestion {
  readonly top: number
  readonly sample: number
  readonly seed: number
}

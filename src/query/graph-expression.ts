/**
 * What a derived graph is made by (language.md §4): a frozen tree of plain data. Adding a kind without handling it
 * is a compile error wherever a `switch` ends in `satisfies never`. Selectors of nodes stand here too, because each
 * can hold the other.
 */
import type { Grouping } from '../domain/graph-data.js'
import type { EdgeFilter } from './edge-filter.js'
import type { NodeFilter } from './node-filter.js'

export const ATTENTION_POLICIES = ['OV_ONLY', 'OV_AND_QK'] as const
export type AttentionPolicy = (typeof ATTENTION_POLICIES)[number]

export interface LinkPolicy {
  readonly residual: boolean
  readonly attention: AttentionPolicy
  /** Bigram entries from token ends to logit ends: left out unless asked, and then not spelt. */
  readonly bigram?: true
}

/** Existence questions see attention's control links (language.md §3). */
export const EXISTENCE_LINKS: LinkPolicy = { residual: true, attention: 'OV_AND_QK' }
/** Products go through OV only. */
export const PRODUCT_LINKS: LinkPolicy = { residual: true, attention: 'OV_ONLY' }

/** Start weights for influence where the graph has no logit probabilities. */
export interface WeightedNode {
  /** Address. */
  readonly node: string
  readonly weight: number
}

export interface TokenChoice {
  readonly id?: number | null
  readonly text?: string | null
  readonly position?: number | null
}

/** Which nodes a question speaks of: exactly one way of saying it. */
export type NodeSelector =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'where'; readonly where: NodeFilter }
  /** Token nodes by vocabulary id or text, and position. */
  | { readonly kind: 'tokens'; readonly tokens: readonly TokenChoice[] }
  /** Logit nodes by vocabulary id or text. */
  | { readonly kind: 'logits'; readonly logits: readonly TokenChoice[] }
  /** Members of a supernode annotation, by `annotationId@version`. */
  | { readonly kind: 'supernode'; readonly annotation: string; readonly members: readonly string[] }
  /** Nodes that an expression gives, as far as the graph has them. */
  | {
      readonly kind: 'expression'
      readonly expression: GraphExpression
      /** Their addresses, once they are known. A question knows them, a selector inside an expression does not yet. */
      readonly members: readonly string[] | null
    }

export type PathRank = 'ABSOLUTE_PRODUCT' | 'MOST_POSITIVE' | 'MOST_NEGATIVE' | 'SHARE' | 'WEAKEST_SCORE'

/** An end of a path: nodes of the graph, or ends attached to a weight graph (token, logit, contrast). */
export type PathEnd =
  | { readonly kind: 'nodes'; readonly nodes: NodeSelector }
  /** `token(5)`: embedding row of a vocabulary id, attached to a weight graph. */
  | { readonly kind: 'token'; readonly token: number }
  /** `logit(5)` or the contrast `logit(5)-logit(7)`, attached to a weight graph. */
  | { readonly kind: 'logit'; readonly token: number; readonly minus: number | null }

/** A stored circuit, a whole model, or a subcircuit that was handed out. */
export interface GraphOperand {
  readonly type: 'circuit' | 'model' | 'sub'
  readonly id: string
}

/** What `strongest` goes by: edges or nodes by their weights or influence, or nodes by a named score. */
export type Strength =
  | { readonly measure: 'WEIGHT' | 'INFLUENCE'; readonly of: 'NODES' | 'EDGES' }
  | { readonly measure: 'SCORE'; readonly score: string }

/** A supernode whose members become one node. */
export interface NamedGroup {
  /** `annotationId@version`. */
  readonly annotation: string
  readonly title: string
  readonly members: readonly string[]
}

/** Token ids, or text for models that came with a vocabulary. */
export type PromptInput =
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] }
  | { readonly kind: 'text'; readonly text: string }

export const UNROLL_PRESETS = ['ZERO', 'MEAN', 'MEAN_PER_POSITION'] as const
export type UnrollBaseline =
  | { readonly kind: 'preset'; readonly preset: (typeof UNROLL_PRESETS)[number] }
  | { readonly kind: 'value'; readonly value: number }

export type GraphExpression =
  | { readonly kind: 'nodes'; readonly where: NodeFilter }
  | { readonly kind: 'edges'; readonly where: EdgeFilter }
  | {
      readonly kind: 'upstreamOf' | 'downstreamOf'
      readonly of: NodeSelector
      readonly hops: number | null
      readonly links: LinkPolicy
    }
  | {
      readonly kind: 'between'
      readonly from: NodeSelector
      readonly to: NodeSelector
      readonly links: LinkPolicy
    }
  | {
      readonly kind: 'neighbourhood'
      readonly of: NodeSelector
      readonly hops: number
      readonly first: number
      readonly links: LinkPolicy
    }
  | {
      readonly kind: 'strongest'
      readonly first: number
      readonly by: Strength
      /** For influence: as in `influence`. */
      readonly on: readonly WeightedNode[] | null
    }
  | {
      readonly kind: 'influence'
      readonly nodeThreshold: number
      readonly edgeThreshold: number
      readonly on: readonly WeightedNode[] | null
    }
  | {
      readonly kind: 'paths'
      /** Canonical text; null: every path. */
      readonly pattern: string | null
      /** Null: as in a question about paths. */
      readonly from: PathEnd | null
      readonly to: PathEnd | null
      /** Null: the default of the graph's edge meaning. */
      readonly rankBy: PathRank | null
      readonly first: number
      readonly links: LinkPolicy
    }
  | { readonly kind: 'union' | 'intersection'; readonly of: readonly GraphExpression[] }
  | {
      readonly kind: 'difference'
      readonly of: GraphExpression
      readonly minus: readonly GraphExpression[]
    }
  | { readonly kind: 'without'; readonly nodes: NodeSelector }
  | {
      readonly kind: 'collapse'
      readonly by: Exclude<Grouping, 'SUPERNODE'>
      readonly links: LinkPolicy
    }
  | {
      readonly kind: 'collapse'
      readonly by: 'SUPERNODE'
      readonly groups: readonly NamedGroup[]
      readonly links: LinkPolicy
    }
  | {
      readonly kind: 'unroll'
      readonly prompt: PromptInput
      /** OV_ONLY: attention patterns are constants. */
      readonly attention: AttentionPolicy
      readonly norms: 'LIVE' | 'FROZEN'
      /** Vocabulary ids of the logits at the last position that it ends in; null: the ten most probable. */
      readonly logits: readonly number[] | null
      /** What stands outside a circuit. */
      readonly baseline: UnrollBaseline
    }
  | { readonly kind: 'graph'; readonly graph: GraphOperand }
  | { readonly kind: 'pipe'; readonly steps: readonly GraphExpression[] }

/**
 * A path pattern as frozen data (language.md §4): a regular expression over nodes and edges. A node is a path of no
 * hops at that node, an edge one hop; parts of a sequence meet in one node. Canonical trees are what `parsePattern`
 * gives: sequences and alternatives are flat, and in a sequence nodes stand between edges.
 */
import type { EdgeKind } from '../../domain/graph-data.js'
import type { NodeLabel } from './pattern-words.js'

export type PathPattern =
  | NodePattern
  | EdgePattern
  /** `A => B`: through one link of the residual stream, with the weights before and behind it. */
  | { readonly kind: 'residualHop' }
  | { readonly kind: 'sequence'; readonly parts: readonly PathPattern[] }
  /** The leftmost that fits binds the variables. */
  | { readonly kind: 'alternatives'; readonly options: readonly PathPattern[] }
  /** Greedy; `most` null has no end. */
  | {
      readonly kind: 'repeat'
      readonly of: PathPattern
      readonly least: number
      readonly most: number | null
    }

export interface NodePattern {
  readonly kind: 'node'
  readonly variable: string | null
  /** Any of them; none is every node. */
  readonly labels: readonly NodeLabel[]
  readonly where: Condition | null
}

export interface EdgePattern {
  readonly kind: 'edge'
  /** BACKWARD: from the target of the edge to its source. */
  readonly direction: 'FORWARD' | 'BACKWARD'
  readonly variable: string | null
  /** Any of them; none is every kind. */
  readonly labels: readonly EdgeKind[]
  readonly where: Condition | null
}

/** About one element. Unknown where a property it asks is missing, and what is unknown does not match (as in GQL). */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'compare'; readonly left: Operand; readonly op: Comparison; readonly right: Operand }
  | { readonly kind: 'in'; readonly left: Operand; readonly values: readonly Literal[] }
  | { readonly kind: 'between'; readonly left: Operand; readonly low: Literal; readonly high: Literal }
  | { readonly kind: 'text'; readonly left: Operand; readonly op: TextTest; readonly value: string }
  | { readonly kind: 'isNull'; readonly left: Operand }

export const COMPARISONS = ['=', '<>', '<', '<=', '>', '>='] as const
export type Comparison = (typeof COMPARISONS)[number]
export const TEXT_TESTS = ['STARTS WITH', 'ENDS WITH', 'CONTAINS'] as const
export type TextTest = (typeof TEXT_TESTS)[number]

export type Literal = number | string | boolean

export type Operand =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'abs' | 'lower'; readonly of: Operand }
  | { readonly kind: 'score'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: Literal }

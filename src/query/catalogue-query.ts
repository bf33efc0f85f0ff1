/**
 * A question to the catalogue as plain data; each store compiles the same tree. Text matches are case-insensitive
 * over the folded key (`domain/code-point-order.ts`); order is total: the id breaks every tie, null stands last in
 * both directions.
 */
import type { NodeKind } from '../domain/graph-data.js'

export interface TextMatch {
  readonly eq?: string
  readonly in?: readonly string[]
  readonly contains?: string
  readonly startsWith?: string
}

export interface NumberMatch {
  readonly eq?: number
  readonly gte?: number
  readonly lte?: number
}

/** Of one of the kinds or taps, in these layers; what is absent is not asked. */
export interface NodePlace {
  readonly kinds?: readonly NodeKind[]
  readonly taps?: readonly string[]
  readonly layer?: NumberMatch
}

export type CircuitCondition =
  | {
      readonly kind: 'text'
      readonly field: 'name' | 'modelKey' | 'taskName' | 'promptText'
      readonly match: TextMatch
    }
  | {
      readonly kind: 'choice'
      readonly field: 'source' | 'edgeMeaning' | 'id'
      readonly in: readonly string[]
    }
  | { readonly kind: 'number'; readonly field: 'nodeCount' | 'edgeCount'; readonly match: NumberMatch }
  /** ISO 8601 instants, compared as text. */
  | { readonly kind: 'time'; readonly field: 'createdAt'; readonly gte?: string; readonly lte?: string }
  /** Some node of it stands at such a place. */
  | { readonly kind: 'holds'; readonly node: NodePlace }
  /**
   * Stored edges join such nodes in a row; edge i goes from node i to the next, or back where `backward` says so. A store
   * that does not look at edges asks for the nodes alone.
   */
  | { readonly kind: 'chain'; readonly nodes: readonly NodePlace[]; readonly backward: readonly boolean[] }
  | { readonly kind: 'and' | 'or'; readonly of: readonly CircuitCondition[] }
  | { readonly kind: 'not'; readonly of: CircuitCondition }

export const CIRCUIT_ORDER_FIELDS = ['name', 'createdAt', 'nodeCount', 'edgeCount', 'id'] as const
export const MODEL_ORDER_FIELDS = ['name', 'createdAt', 'parameterCount', 'nonzeroCount', 'id'] as const
export type Direction = 'ASC' | 'DESC'

/** The sort keys of the row a page continues from: one value per order field, then the id. */
export type PageKey = readonly (string | number | null)[]

export interface CatalogueQuery<Field extends string> {
  /** The id ascending is always appended as the last field. */
  readonly orderBy: readonly { readonly field: Field; readonly direction: Direction }[]
  readonly limit: number
  /** Rows strictly after this key (or before it, when `backwards`). */
  readonly after: PageKey | null
  readonly backwards: boolean
}

export interface CircuitCatalogueQuery extends CatalogueQuery<(typeof CIRCUIT_ORDER_FIELDS)[number]> {
  readonly where: CircuitCondition | null
}
export interface ModelCatalogueQuery extends CatalogueQuery<(typeof MODEL_ORDER_FIELDS)[number]> {
  /** Case-insensitive part of a name. */
  readonly nameContains: string | null
}

/** Rows in the asked order (already turned round when `backwards`), each with its key, and what lies beyond. */
export interface Slice<Row> {
  readonly rows: readonly { readonly row: Row; readonly key: PageKey }[]
  /** Is there a row beyond the end the page grew to? */
  readonly more: boolean
  readonly totalCount: number
}

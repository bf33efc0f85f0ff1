/**
 * A graph read as a linear network, and what may be changed in it (semantics.md §1).
 *
 * Two edge meanings allow it. DERIVATIVE edges are the network's own: w = ∂t/∂s. CONTRIBUTION edges are
 * A[t, s] = a_s · ∂t/∂s, so that Ã[t, s] = A[t, s] / a_t for a feature t and A[t, s] for an end is the network in
 * units of each node's own clean value: there every node is 1.
 */
import type { CompactGraph } from './compact-graph.js'

/** A number, or why there is none. */
export type GraphEstimate =
  | { readonly effect: number; readonly reason: null }
  | { readonly effect: null; readonly reason: string }

export interface LinearModel {
  readonly graph: CompactGraph
  readonly order: Uint32Array
  readonly edges: 'CONTRIBUTION' | 'DERIVATIVE'
  /** 1 for ends, whose inputs are not divided by an activation (logits). */
  readonly isEnd: Uint8Array
  /** Clean value by node; null where the file has none. */
  readonly activation: readonly (number | null)[]
  /** How a node is called in a reason. */
  readonly nameOf: (node: number) => string
}

export interface EndWeight {
  readonly node: number
  readonly weight: number
}

/** New value = factor · value + added, `value` being what its inputs make of it and `added` in activation units. */
export interface NodeChange {
  readonly factor: number
  readonly added: number
}

export interface LinearChange {
  readonly nodes: ReadonlyMap<number, NodeChange>
  /** Edge ids: their readers see 0 in place of the source. */
  readonly edges: ReadonlySet<number>
}

export const ZEROED: NodeChange = { factor: 0, added: 0 }

export function zeroed(nodes: Iterable<number>): LinearChange {
  return { nodes: new Map(Array.from(nodes, (node) => [node, ZEROED])), edges: new Set() }
}

export function withoutEdges(edges: Iterable<number>): LinearChange {
  return { nodes: new Map(), edges: new Set(edges) }
}

/** First `first`, then `then`, on the same node. */
export function composed(first: NodeChange, then: NodeChange): NodeChange {
  return { factor: then.factor * first.factor, added: then.factor * first.added + then.added }
}

import type { GraphData } from '../domain/graph-data.js'

/** A graph that questions can be asked of. */
export interface OpenGraph {
  readonly type: 'circuit' | 'model' | 'sub'
  /** Circuit or model hash, or the hash of (root, expression). */
  readonly id: string
  readonly rootType: 'circuit' | 'model'
  readonly rootId: string
  /** Canonical JSON of the expression; null for a root. */
  readonly expression: string | null
  readonly graph: GraphData
}

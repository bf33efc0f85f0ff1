/**
 * The inner loops of a run behind one door. Arrays are row-major, [rows, width]; a row is one position. Which
 * implementation a model gets depends on the model alone, so that its numbers never depend on threads or questions.
 */
import type { SparseMatrix } from '../../model/sparse-matrix.js'
import type { HeadShape } from '../attention.js'

export interface Kernels {
  /** y[r] += M x[r]: x is [rows, columns], y is [rows, M.rows]; zero inputs cost nothing. */
  addProducts(matrix: SparseMatrix, x: Float64Array, y: Float64Array): void
  /** Mᵀ g[r] for every row of [rows, M.rows]: [rows, columns]. */
  transposedProducts(matrix: SparseMatrix, g: Float64Array): Float64Array
  /** AbsTopK of every row in place; lower index wins. `kept` gets 1 or 0. The smallest margin. */
  absTopK(values: Float64Array, width: number, k: number, kept: Uint8Array | null): number
  /** GELU of every entry in place. */
  gelu(values: Float64Array): void
  /** GELU, then AbsTopK of every row, in place. */
  geluTopK(values: Float64Array, width: number, k: number, kept: Uint8Array | null): number
  /** What every head writes, added to `y`; patterns are not kept. */
  attention(call: AttentionCall): void
  /** Patterns of every head, [head, query, key]; 0 above the diagonal. */
  patterns(call: Omit<AttentionCall, 'v' | 'y'>): Float64Array
  /** y += pattern · v for every head. */
  attend(shapes: readonly HeadShape[], pattern: Float64Array, v: Float64Array, y: Float64Array): void
  /** Gradients of q, k, v and of the pattern from that of y; a frozen pattern sends nothing to q and k. */
  attentionBackward(call: AttentionBackwardCall): AttentionGradients
}

export interface AttentionCall {
  readonly shapes: readonly HeadShape[]
  readonly q: Float64Array
  readonly k: Float64Array
  readonly v: Float64Array
  readonly sinks: Float64Array | null
  readonly y: Float64Array
}

export interface AttentionBackwardCall {
  readonly shapes: readonly HeadShape[]
  readonly q: Float64Array
  readonly k: Float64Array
  readonly v: Float64Array
  /** As used, and as computed. */
  readonly pattern: Float64Array
  readonly softmax: Float64Array
  readonly y: Float64Array
}

export interface AttentionGradients {
  readonly v: Float64Array
  /** [head, query, key] */
  readonly pattern: Float64Array
  /** From the gradient of the pattern, which a tap may have stopped meanwhile. */
  queriesAndKeys(): { readonly q: Float64Array; readonly k: Float64Array }
}

/**
 * The inner loops of a run behind one door. Arrays are row-major, [rows, width]; a row is one position. There are two
 * implementations that give the same bits on finite numbers, because both add in the same order.
 */
import type { SparseMatrix } from '../../model/sparse-matrix.js'

export interface Kernels {
  /** Room that calls work on without copying it; null for none. It is the asker's until its task ends. */
  lend(length: number): Float64Array | null
  /** y[r] = M x[r] + b: x is [rows, columns], y is [rows, M.rows], `bias` holds no −0; zero inputs cost nothing. */
  products(matrix: SparseMatrix, x: Float64Array, y: Float64Array, bias: Float64Array | null): void
  /** x[r] ← Mᵀ g[r]: g is [rows, M.rows], x is [rows, columns]; zeros of g cost nothing. */
  transposedProducts(matrix: SparseMatrix, g: Float64Array, x: Float64Array): void
  /**
   * AbsTopK of every row in place; lower index wins. `kept` gets 1 or 0. The smallest margin; where runs stand side by
   * side, `margins` gets that of each.
   */
  absTopK(
    values: Float64Array,
    width: number,
    k: number,
    kept: Uint8Array | null,
    margins?: Float64Array | null,
  ): number
  /** GELU of every entry in place. */
  gelu(values: Float64Array): void
  /** gradient ← gradient · GELU′(input), in place; zeros cost nothing. */
  geluBackward(gradient: Float64Array, input: Float64Array): void
  /** GELU, then AbsTopK of every row, in place: the bits of one after the other, with about k erfs a row. */
  geluTopK(
    values: Float64Array,
    width: number,
    k: number,
    kept: Uint8Array | null,
    margins?: Float64Array | null,
  ): number
  /** What every head writes, into `y`, 0 before the first wanted query; its patterns, 0 above the diagonal, into `pattern` where that is given. */
  attention(call: AttentionCall): void
  /** y += pattern · v for every head. */
  attend(shape: AttentionShape, pattern: Float64Array, v: Float64Array, y: Float64Array): void
  /** Gradients of v and of the pattern from that of y, and then of q and k, from patterns that were kept. */
  attentionBackward(call: AttentionBackwardCall): AttentionGradients
  /** Gradients of q, k and v, into `into`, from that of y alone: patterns are worked out again, a few queries at a time. */
  attentionGradients(call: AttentionGradientsCall, into: QueryKeyValue): void
}

/**
 * q, k, v, y are [positions, heads · dHead], patterns [head, query, key]. Of runs that stand side by side (copies.ts) a
 * call is about one.
 */
export interface AttentionShape {
  readonly positions: number
  readonly heads: number
  readonly dHead: number
}

export interface AttentionCall {
  readonly shape: AttentionShape
  readonly q: Float64Array
  readonly k: Float64Array
  readonly v: Float64Array
  /** [heads] */
  readonly sinks: Float64Array | null
  /** First query that is wanted. */
  readonly from: number
  /** Default: one run, which is alone. */
  readonly copies?: number
  readonly copy?: number
  readonly y: Float64Array
  /** Zeros to be written into. */
  readonly pattern: Float64Array | null
}

export interface AttentionBackwardCall {
  readonly shape: AttentionShape
  readonly q: Float64Array
  readonly k: Float64Array
  readonly v: Float64Array
  /** As used, and as computed. */
  readonly pattern: Float64Array
  readonly softmax: Float64Array
  /** Gradient of y. */
  readonly y: Float64Array
}

export interface AttentionGradients {
  readonly v: Float64Array
  /** [head, query, key] */
  readonly pattern: Float64Array
  /** From the gradient of the pattern, which a tap may have stopped meanwhile. */
  queriesAndKeys(): { readonly q: Float64Array; readonly k: Float64Array }
}

/** `y` is the gradient of y. */
export type AttentionGradientsCall = Omit<AttentionCall, 'from' | 'pattern' | 'copies' | 'copy'>

/** Gradients, [positions, heads · dHead] each. */
export interface QueryKeyValue {
  readonly q: Float64Array
  readonly k: Float64Array
  readonly v: Float64Array
}

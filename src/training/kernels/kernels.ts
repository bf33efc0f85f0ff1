/**
 * What the operations of the model compute with, forward and back. Every method takes tensors and gives fresh ones; none
 * keeps anything, and none is recorded on TensorFlow's tape (`differentiable.ts` joins each pair to one operation).
 *
 * Letters in shapes: n tokens of all sequences one after another, S sequences, T tokens of one, H heads, W = H · dHead.
 */
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'

export interface HeadShape {
  readonly sequences: number
  readonly length: number
  readonly heads: number
  readonly dHead: number
}

export interface AttentionInput {
  readonly q: Tensor2D // [n, W]
  readonly k: Tensor2D // [n, W]
  readonly v: Tensor2D // [n, W]
  /** [H], or null without sinks. */
  readonly sink: Tensor1D | null
}

export interface Kernels {
  /** x·Wᵀ + b: x [n, in], W (out, in), b [out] → [n, out]. */
  linear(x: Tensor2D, weight: Tensor2D, bias: Tensor1D | null): Tensor2D
  linearBack(
    dy: Tensor2D,
    x: Tensor2D,
    weight: Tensor2D,
  ): { readonly dx: Tensor2D; readonly dWeight: Tensor2D; readonly dBias: Tensor1D }
  /** Rows cut to their k entries of largest magnitude, the lower index where they tie; `kept` is 1 and 0. */
  absTopK(x: Tensor2D, k: number): { readonly y: Tensor2D; readonly kept: Tensor2D }
  /** x·Φ(x), the exact form. */
  gelu(x: Tensor2D): Tensor2D
  geluBack(dy: Tensor2D, x: Tensor2D): Tensor2D
  /** γ x / √(mean x² + ε) per row; `scale` [n, 1] is 1/√(…). */
  rmsNorm(x: Tensor2D, gain: Tensor1D): { readonly y: Tensor2D; readonly scale: Tensor2D }
  rmsNormBack(
    dy: Tensor2D,
    x: Tensor2D,
    gain: Tensor1D,
    scale: Tensor2D,
  ): { readonly dx: Tensor2D; readonly dGain: Tensor1D }
  /** softmax(q·k/√dHead, causal, sink) · v [n, W]; `pattern` [S, H, T, T] without the share of the sink. */
  attention(input: AttentionInput, shape: HeadShape): { readonly y: Tensor2D; readonly pattern: Tensor4D }
  attentionBack(
    dy: Tensor2D,
    input: AttentionInput,
    pattern: Tensor4D,
    shape: HeadShape,
  ): { readonly dq: Tensor2D; readonly dk: Tensor2D; readonly dv: Tensor2D; readonly dSink: Tensor1D | null }
  /** Rows of a table (V, d) by ids [n] → [n, d], and their gradients added up into the table's. */
  rows(table: Tensor2D, ids: Tensor1D): Tensor2D
  rowsBack(dy: Tensor2D, ids: Tensor1D, tableRows: number): Tensor2D
  /** Mean over tokens of −log softmax(logits)[target], nats, and its derivative by the logits [n, V]. */
  crossEntropy(logits: Tensor2D, targets: Tensor1D): { readonly loss: Tensor1D; readonly dLogits: Tensor2D }
}

/** ε of the released RMSNorm in float32. */
export const RMS_EPSILON = 2 ** -23

/**
 * The operations of the model, each a pair of kernels joined to one step on TensorFlow's tape: what goes back is the
 * derivative written down in `kernels/`, which is faster than the one that TensorFlow would put together.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { AttentionInput, HeadShape, Kernels } from './kernels/kernels.js'
import { registerTapeGradients } from './tape-gradients.js'

export interface Operations {
  linear(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D | null): tf.Tensor2D
  /** All channels where `k` is their number or more. */
  absTopK(x: tf.Tensor2D, k: number): tf.Tensor2D
  gelu(x: tf.Tensor2D): tf.Tensor2D
  rmsNorm(x: tf.Tensor2D, gain: tf.Tensor1D): tf.Tensor2D
  attention(input: AttentionInput, shape: HeadShape): tf.Tensor2D
  rows(table: tf.Tensor2D, ids: tf.Tensor1D): tf.Tensor2D
  /** The first rows of a table, once for every sequence: [length, …] → [sequences · length, …]. */
  repeated(table: tf.Tensor2D, length: number, sequences: number): tf.Tensor2D
  /** Side by side: [n, a] and [n, b] → [n, a + b]. */
  beside(left: tf.Tensor2D, right: tf.Tensor2D): tf.Tensor2D
  /** Mean cross-entropy in nats, [1]. */
  crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor1D): tf.Tensor1D
}

type Save = tf.GradSaveFunc

export function operations(kernels: Kernels): Operations {
  registerTapeGradients()
  return {
    linear(x, weight, bias) {
      const inputs = bias === null ? [x, weight] : [x, weight, bias]
      return joined(inputs, (save) => {
        save([x, weight])
        const value = kernels.linear(x, weight, bias)
        return {
          value,
          gradFunc: (dy, [ownX, ownWeight]) => {
            const { dx, dWeight, dBias } = kernels.linearBack(
              dy as tf.Tensor2D,
              ownX as tf.Tensor2D,
              ownWeight as tf.Tensor2D,
            )
            return bias === null ? [dx, dWeight] : [dx, dWeight, dBias]
          },
        }
      })
    },
    absTopK(x, k) {
      if (k >= x.shape[1]) return x
      return joined([x], (save) => {
        const { y, kept } = kernels.absTopK(x, k)
        save([kept])
        return { value: y, gradFunc: (dy, [ownKept]) => [tf.mul(dy, ownKept!)] }
      })
    },
    gelu(x) {
      return joined([x], (save) => {
        save([x])
        return {
          value: kernels.gelu(x),
          gradFunc: (dy, [ownX]) => [kernels.geluBack(dy as tf.Tensor2D, ownX as tf.Tensor2D)],
        }
      })
    },
    rmsNorm(x, gain) {
      return joined([x, gain], (save) => {
        const { y, scale } = kernels.rmsNorm(x, gain)
        save([x, gain, scale])
        return {
          value: y,
          gradFunc: (dy, [ownX, ownGain, ownScale]) => {
            const { dx, dGain } = kernels.rmsNormBack(
              dy as tf.Tensor2D,
              ownX as tf.Tensor2D,
              ownGain as tf.Tensor1D,
              ownScale as tf.Tensor2D,
            )
            return [dx, dGain]
          },
        }
      })
    },
    attention(input, shape) {
      const { q, k, v, sink } = input
      const inputs = sink === null ? [q, k, v] : [q, k, v, sink]
      return joined(inputs, (save) => {
        const { y, pattern } = kernels.attention(input, shape)
        save([...inputs, pattern])
        return {
          value: y,
          gradFunc: (dy, saved) => {
            const [ownQ, ownK, ownV] = saved as tf.Tensor2D[]
            const own = {
              q: ownQ!,
              k: ownK!,
              v: ownV!,
              sink: sink === null ? null : (saved[3] as tf.Tensor1D),
            }
            const ownPattern = saved[saved.length - 1] as tf.Tensor4D
            const { dq, dk, dv, dSink } = kernels.attentionBack(dy as tf.Tensor2D, own, ownPattern, shape)
            return dSink === null ? [dq, dk, dv] : [dq, dk, dv, dSink]
          },
        }
      })
    },
    rows(table, ids) {
      return joined([table], () => ({
        value: kernels.rows(table, ids),
        gradFunc: (dy) => [kernels.rowsBack(dy as tf.Tensor2D, ids, table.shape[0])],
      }))
    },
    repeated(table, length, sequences) {
      const [rows, width] = table.shape
      return joined([table], () => ({
        value: tf.tile(tf.slice(table, [0, 0], [length, width]), [sequences, 1]),
        gradFunc: (dy) => {
          const sums = tf.sum(tf.reshape(dy, [sequences, length * width]), 0)
          const own = tf.reshape(sums, [length, width]) as tf.Tensor2D
          return [
            length === rows
              ? own
              : tf.pad(own, [
                  [0, rows - length],
                  [0, 0],
                ]),
          ]
        },
      }))
    },
    beside(left, right) {
      const widths = [left.shape[1], right.shape[1]]
      return joined([left, right], () => ({
        value: tf.concat2d([left, right], 1),
        gradFunc: (dy) => tf.split(dy, widths, 1),
      }))
    },
    crossEntropy(logits, targets) {
      return joined([logits], (save) => {
        const { loss, dLogits } = kernels.crossEntropy(logits, targets)
        save([dLogits])
        return { value: loss, gradFunc: (dy, [ownDLogits]) => [tf.mul(dy, ownDLogits!)] }
      })
    },
  }
}

/** One step on the tape. `forward` computes and saves; what it gives is taken apart by TensorFlow alone. */
export function joined<Value extends tf.Tensor>(
  inputs: readonly tf.Tensor[],
  forward: (save: Save) => {
    value: Value
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[]
  },
): Value {
  const operation = tf.customGrad((...given) => forward(given[given.length - 1] as unknown as Save))
  return operation(...inputs) as Value
}

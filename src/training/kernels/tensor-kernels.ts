/** The kernels out of operations that every back end has. */
import * as tf from '@tensorflow/tfjs-core'
import type { AttentionInput, HeadShape, Kernels } from './kernels.js'
import { RMS_EPSILON } from './kernels.js'
import { absTopKOfTensor } from './tensor-abs-top-k.js'

/** Far below any score that a model reaches, and still a number: −∞ − (−∞) is none. */
const HIDDEN = -1e30

export const tensorKernels: Kernels = {
  linear(x, weight, bias) {
    const y: tf.Tensor2D = tf.matMul(x, weight, false, true)
    return bias === null ? y : tf.add<tf.Tensor2D>(y, bias)
  },
  linearBack(dy, x, weight) {
    return { dx: tf.matMul(dy, weight), dWeight: tf.matMul(dy, x, true, false), dBias: tf.sum(dy, 0) }
  },
  absTopK: absTopKOfTensor,
  gelu: (x) => tf.mul(x, normalShare(x)),
  geluBack(dy, x) {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
    return tf.mul(dy, tf.add(normalShare(x), tf.mul(x, density)))
  },
  rmsNorm(x, gain) {
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), RMS_EPSILON)) as tf.Tensor2D
    return { y: tf.mul(tf.mul(x, scale), gain), scale }
  },
  rmsNormBack(dy, x, gain, scale) {
    const even: tf.Tensor2D = tf.mul(x, scale) // [n, d], mean square 1
    const dEven = tf.mul(dy, gain)
    const along = tf.mean(tf.mul(dEven, even), 1, true) // [n, 1]
    return {
      dx: tf.mul(scale, tf.sub(dEven, tf.mul(even, along))),
      dGain: tf.sum(tf.mul(dy, even), 0),
    }
  },
  attention(input, shape) {
    const { q, k, v } = inHeads(input, shape)
    const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(shape.dHead)) // [S, H, T, T]
    const visible = causal(shape.length)
    const shown = tf.add(tf.mul(scores, visible), tf.mul(tf.sub(1, visible), HIDDEN))
    const sink = input.sink === null ? null : tf.reshape(input.sink, [1, shape.heads, 1, 1])
    const highest = tf.max(shown, 3, true) // [S, H, T, 1]
    const peak = sink === null ? highest : tf.maximum(highest, sink)
    const weights = tf.exp(tf.sub(shown, peak))
    const own = tf.sum(weights, 3, true)
    const whole = sink === null ? own : tf.add(own, tf.exp(tf.sub(sink, peak)))
    const pattern = tf.div(weights, whole) as tf.Tensor4D
    return { y: outOfHeads(tf.matMul(pattern, v), shape), pattern }
  },
  attentionBack(dy, input, pattern, shape) {
    const { q, k, v } = inHeads(input, shape)
    const dHeads = ofHeads(dy, shape)
    const dPattern = tf.matMul(dHeads, v, false, true)
    const along = tf.sum(tf.mul(dPattern, pattern), 3, true) // [S, H, T, 1]
    const dScores = tf.mul(tf.mul(pattern, tf.sub(dPattern, along)), 1 / Math.sqrt(shape.dHead))
    return {
      dq: outOfHeads(tf.matMul(dScores, k), shape),
      dk: outOfHeads(tf.matMul(dScores, q, true, false), shape),
      dv: outOfHeads(tf.matMul(pattern, dHeads, true, false), shape),
      // The sink's value is 0, so that its score gains only by taking from what the others add up to.
      dSink:
        input.sink === null
          ? null
          : tf.neg(tf.sum(tf.mul(tf.sub(1, tf.sum(pattern, 3, true)), along), [0, 2, 3])),
    }
  },
  rows: (table, ids) => tf.gather(table, ids),
  rowsBack(dy, ids, tableRows) {
    return tf.matMul(tf.oneHot(ids, tableRows, 1, 0, 'float32') as tf.Tensor2D, dy, true, false)
  },
  crossEntropy(logits, targets) {
    const [tokens, vocabulary] = logits.shape
    const logShares = tf.sub(logits, tf.logSumExp(logits, 1, true))
    const hits = tf.oneHot(targets, vocabulary, 1, 0, 'float32')
    return {
      loss: tf.reshape(tf.mul(tf.sum(tf.mul(logShares, hits)), -1 / tokens), [1]),
      dLogits: tf.mul(tf.sub(tf.exp(logShares), hits), 1 / tokens),
    }
  },
}

/** Φ(x). */
function normalShare(x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5)
}

/** 1 where a query may see a key, [1, 1, T, T]. */
function causal(length: number): tf.Tensor4D {
  const at = tf.range(0, length, 1, 'float32')
  return tf.reshape(tf.cast(tf.greaterEqual(tf.expandDims(at, 1), tf.expandDims(at, 0)), 'float32'), [
    1,
    1,
    length,
    length,
  ])
}

function inHeads(
  { q, k, v }: AttentionInput,
  shape: HeadShape,
): { q: tf.Tensor4D; k: tf.Tensor4D; v: tf.Tensor4D } {
  return { q: ofHeads(q, shape), k: ofHeads(k, shape), v: ofHeads(v, shape) }
}

/** [n, W] → [S, H, T, dHead] */
function ofHeads(x: tf.Tensor2D, { sequences, length, heads, dHead }: HeadShape): tf.Tensor4D {
  return tf.transpose(tf.reshape(x, [sequences, length, heads, dHead]), [0, 2, 1, 3])
}

/** [S, H, T, dHead] → [n, W] */
function outOfHeads(x: tf.Tensor, { sequences, length, heads, dHead }: HeadShape): tf.Tensor2D {
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [sequences * length, heads * dHead])
}

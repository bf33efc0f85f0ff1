/** What a mask is judged by: both sides of every pair, right answer against the other (sparse-models.md §5.3), or KL to the model. */
import * as tf from '@tensorflow/tfjs-core'
import { joined } from '../differentiable.js'

/**
 * Mean over sides of −log p(right | {right, other}), nats: half of the published sum of both sides. logits [s, V];
 * `signs` [s, V] is 1 at the right answer, −1 at the other, else 0. Gives [1].
 */
export function answerLoss(logits: tf.Tensor2D, signs: tf.Tensor2D): tf.Tensor1D {
  const sides = logits.shape[0]
  return joined([logits], (save) => {
    const difference = tf.sum(tf.mul(logits, signs), 1) as tf.Tensor1D // [s]
    save([difference, signs])
    return {
      value: tf.reshape(tf.mean(tf.softplus(tf.neg(difference))), [1]),
      gradFunc: (dy, [ownDifference, ownSigns]) => {
        const slope = tf.div(tf.neg(tf.sigmoid(tf.neg(ownDifference!))), sides) // [s]
        return [tf.mul(tf.mul(ownSigns!, tf.reshape(slope, [sides, 1])), dy)]
      },
    }
  })
}

/** Mean over sides of KL(p‖softmax(logits)), nats, over the whole vocabulary. `model` [s, V] are the model's logits. Gives [1]. */
export function divergence(logits: tf.Tensor2D, model: tf.Tensor2D): tf.Tensor1D {
  const sides = logits.shape[0]
  return joined([logits], (save) => {
    const [own, wanted] = [tf.logSoftmax(logits), tf.logSoftmax(model)]
    const p = tf.exp(wanted)
    save([own, p])
    return {
      value: tf.reshape(tf.div(tf.sum(tf.mul(p, tf.sub(wanted, own))), sides), [1]),
      gradFunc: (dy, [ownLog, ownP]) => [tf.mul(tf.div(tf.sub(tf.exp(ownLog!), ownP!), sides), dy)],
    }
  })
}

/** The gate of one site: channels that are kept pass, the others take their replacement (Gao et al. 2025, A.5). */
import * as tf from '@tensorflow/tfjs-core'
import { joined } from '../differentiable.js'

/**
 * g ⊙ x + (1 − g) ⊙ r. x [n, w]; gate g [w], ones and zeros; replacement r [w]. What goes back to g is Σ over tokens of
 * dy ⊙ (x − r): the caller takes it on through the sigmoid that stands in for the step.
 */
export function gated(x: tf.Tensor2D, gate: tf.Tensor1D, replacement: tf.Tensor1D): tf.Tensor2D {
  return joined([x, gate], (save) => {
    const moved = tf.sub(x, replacement)
    save([moved, gate])
    return {
      value: tf.add(tf.mul(moved, gate), replacement) as tf.Tensor2D,
      gradFunc: (dy, [ownMoved, ownGate]) => [
        tf.mul(dy, ownGate!),
        // As a product: sums over the first axis are slow on WebAssembly.
        tf.reshape(tf.matMul(tf.ones([1, x.shape[0]]), tf.mul(dy, ownMoved!) as tf.Tensor2D), [x.shape[1]]),
      ],
    }
  })
}

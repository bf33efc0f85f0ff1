/**
 * AbsTopK out of tensor operations, for back ends whose memory the host cannot see. Per row a threshold is bisected until
 * no float32 of ordinary size lies between its bounds; entries above it are kept, and of those at it as many as are
 * missing, the lower index first, as the executor does.
 */
import * as tf from '@tensorflow/tfjs-core'

/** Halves an interval that is the largest magnitude wide down to the last bit of entries 2⁻²³ times as small. */
const ROUNDS = 48

export function absTopKOfTensor(x: tf.Tensor2D, k: number): { y: tf.Tensor2D; kept: tf.Tensor2D } {
  const size: tf.Tensor2D = tf.abs(x)
  const count = (flags: tf.Tensor): tf.Tensor2D => tf.sum(tf.cast(flags, 'float32'), 1, true)
  // More than k entries lie above `low`, or it is 0; at most k above `high`.
  let low: tf.Tensor2D = tf.zeros([x.shape[0], 1])
  let high: tf.Tensor2D = tf.max(size, 1, true)
  for (let round = 0; round < ROUNDS; round++) {
    const [nextLow, nextHigh] = tf.tidy(() => {
      const middle = tf.mul(tf.add(low, high), 0.5)
      const tooMany = tf.greater(count(tf.greater(size, middle)), k)
      return [tf.where(tooMany, middle, low), tf.where(tooMany, high, middle)] as [tf.Tensor2D, tf.Tensor2D]
    })
    tf.dispose([low, high])
    low = nextLow
    high = nextHigh
  }
  return tf.tidy(() => {
    const above = tf.cast(tf.greater(size, high), 'float32')
    const missing = tf.sub(k, tf.sum(above, 1, true))
    // Where at most k entries are not 0, low is still 0, and zeros fill up what is missing.
    const nonzero = tf.cast(tf.greater(size, 0), 'float32')
    const few = tf.lessEqual(tf.sum(nonzero, 1, true), k)
    const between = tf.mul(tf.cast(tf.greater(size, low), 'float32'), tf.sub(1, above))
    const certain = tf.where(few, nonzero, above)
    const candidates = tf.where(few, tf.sub(1, nonzero), between)
    const room = tf.where(few, tf.sub(k, tf.sum(nonzero, 1, true)), missing)
    const taken = tf.mul(candidates, tf.cast(tf.lessEqual(tf.cumsum(candidates, 1), room), 'float32'))
    const kept = tf.add(certain, taken) as tf.Tensor2D
    return { y: tf.mul(x, kept) as tf.Tensor2D, kept }
  })
}

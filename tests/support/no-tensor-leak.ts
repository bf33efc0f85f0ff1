/** Tensors that a piece of work leaves behind: none. */
import * as tf from '@tensorflow/tfjs-core'

export async function expectNoTensorLeak<T>(work: () => Promise<T>): Promise<T> {
  const before = tf.memory().numTensors
  const value = await work()
  expect(tf.memory().numTensors).toBe(before)
  return value
}

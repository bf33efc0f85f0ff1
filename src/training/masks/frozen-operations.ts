/** The operations of a model whose weights stay: what goes back through a product is its input's derivative alone. */
import type * as tf from '@tensorflow/tfjs-core'
import { joined, type Operations, operations } from '../differentiable.js'
import type { Kernels } from '../kernels/kernels.js'

/** `turned`: the transpose of every weight matrix that a product is taken with. */
export function frozenOperations(
  kernels: Kernels,
  turned: ReadonlyMap<tf.Tensor2D, tf.Tensor2D>,
): Operations {
  const still = operations(kernels)
  return {
    ...still,
    linear(x, weight, bias) {
      const back = turned.get(weight)
      if (back === undefined) return still.linear(x, weight, bias)
      return joined([x], () => ({
        value: kernels.linear(x, weight, bias),
        gradFunc: (dy) => [kernels.linear(dy as tf.Tensor2D, back, null)],
      }))
    },
  }
}

/**
 * Kernels for back ends whose memory the host reads at little cost: two things that tensor operations do slowly or
 * only with a sort are done over plain arrays, the rest stays with the back end.
 */
import * as tf from '@tensorflow/tfjs-core'
import { absTopKRows } from './abs-top-k-rows.js'
import type { Kernels } from './kernels.js'
import { tensorKernels } from './tensor-kernels.js'

/** Cuts rows of float32: `kept` gets 1 and 0. */
export type CutRows = (x: Float32Array, width: number, k: number, kept: Float32Array) => Float32Array

export function hostKernels(cutRows: CutRows = absTopKRows): Kernels {
  return {
    ...tensorKernels,
    absTopK(x, k) {
      const kept = new Float32Array(x.size)
      const y = cutRows(x.dataSync<'float32'>(), x.shape[1], k, kept)
      return { y: tf.tensor2d(y, x.shape), kept: tf.tensor2d(kept, x.shape) }
    },
    rowsBack(dy, ids, tableRows) {
      const width = dy.shape[1]
      const from = dy.dataSync<'float32'>()
      const at = ids.dataSync<'int32'>()
      const table = new Float32Array(tableRows * width)
      for (let i = 0; i < at.length; i++) {
        for (let c = 0, to = at[i]! * width, n = i * width; c < width; c++)
          table[to + c] = table[to + c]! + from[n + c]!
      }
      return tf.tensor2d(table, [tableRows, width])
    },
  }
}

/** One step: the loss of a batch and its gradient on the back end, then what the gradient does to the weights. */
import * as tf from '@tensorflow/tfjs-core'
import type { ModelConfig } from '../domain/sparse-model-data.js'
import type { Backend } from './backends/backend.js'
import { operations } from './differentiable.js'
import type { ParameterLayout } from './parameter-layout.js'
import { transformer } from './transformer.js'

/** Sequences of length + 1 tokens, one after another: all but the last are read, all but the first predicted. */
export interface Sequences {
  readonly tokens: Int32Array
  readonly count: number
  readonly length: number
}

/** Cross-entropy in nats per token, and its gradient laid out like the weights, zero where nothing is trained. */
export async function lossAndGradient(
  { kernels, isSynchronous }: Backend,
  config: ModelConfig,
  layout: ParameterLayout,
  weights: Float32Array,
  sequences: Sequences,
): Promise<{ readonly loss: number; readonly gradient: Float32Array }> {
  const op = operations(kernels)
  const trained = layout.parameters.filter(({ isTrained }) => isTrained)
  const [value, flat] = tf.tidy(() => {
    const tensors = weightTensors(layout, weights)
    const { inputs, targets } = batchTensors(sequences)
    const lossOf = (...own: tf.Tensor[]): tf.Tensor1D => {
      const named = new Map(tensors)
      for (const [i, { name }] of trained.entries()) named.set(name, own[i]!)
      return op.crossEntropy(transformer(config, op, named, inputs), targets)
    }
    // The type asks for a number without a shape; a list of one is as good.
    const { value, grads } = tf.valueAndGrads(lossOf as unknown as (...own: tf.Tensor[]) => tf.Scalar)(
      trained.map(({ name }) => tensors.get(name)!),
    )
    return [value, tf.concat1d(grads.map((gradient) => tf.reshape(gradient, [gradient.size])))] as const
  })
  try {
    const [loss, packed] = isSynchronous
      ? [value.dataSync<'float32'>(), flat.dataSync<'float32'>()]
      : await Promise.all([value.data<'float32'>(), flat.data<'float32'>()])
    const gradient = new Float32Array(layout.length)
    let from = 0
    for (const { offset, length } of trained) {
      gradient.set(packed.subarray(from, from + length), offset)
      from += length
    }
    return { loss: loss[0]!, gradient }
  } finally {
    tf.dispose([value, flat])
  }
}

/** Cross-entropy in nats per token, without a gradient. */
export async function lossOn(
  { kernels, isSynchronous }: Backend,
  config: ModelConfig,
  layout: ParameterLayout,
  weights: Float32Array,
  sequences: Sequences,
): Promise<number> {
  const loss = tf.tidy(() => {
    const { inputs, targets } = batchTensors(sequences)
    const logits = transformer(config, operations(kernels), weightTensors(layout, weights), inputs)
    return kernels.crossEntropy(logits, targets).loss
  })
  try {
    return (isSynchronous ? loss.dataSync() : await loss.data())[0]!
  } finally {
    loss.dispose()
  }
}

function weightTensors({ parameters }: ParameterLayout, weights: Float32Array): Map<string, tf.Tensor> {
  return new Map(
    parameters.map(({ name, shape, offset, length }) => [
      name,
      tf.tensor(weights.subarray(offset, offset + length), [...shape]),
    ]),
  )
}

function batchTensors({ tokens, count, length }: Sequences): {
  inputs: { tokens: tf.Tensor1D; sequences: number; length: number }
  targets: tf.Tensor1D
} {
  const read = new Int32Array(count * length)
  const predicted = new Int32Array(count * length)
  for (let s = 0; s < count; s++) {
    const from = s * (length + 1)
    read.set(tokens.subarray(from, from + length), s * length)
    predicted.set(tokens.subarray(from + 1, from + 1 + length), s * length)
  }
  const inputs = { tokens: tf.tensor1d(read, 'int32'), sequences: count, length }
  return { inputs, targets: tf.tensor1d(predicted, 'int32') }
}

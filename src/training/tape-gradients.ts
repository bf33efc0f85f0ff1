/**
 * Derivatives of the few operations of TensorFlow.js that the model uses besides its own: the core package comes without
 * any, and the set of all of them is not written for Node's modules.
 */
import * as tf from '@tensorflow/tfjs-core'

type Gradients = Readonly<Record<string, (dy: tf.Tensor, saved: tf.Tensor[], attributes: object) => object>>

const GRADIENTS: Gradients = {
  // Both of one shape.
  Add: (dy) => ({ a: () => dy, b: () => dy }),
  Relu: (dy, [x]) => ({ x: () => tf.mul(dy, tf.cast(tf.greater(x!, 0), 'float32')) }),
  Reshape: (dy, [x]) => ({ x: () => tf.reshape(dy, x!.shape) }),
  SplitV: (dy, _, attributes) => {
    const { axis } = attributes as tf.SplitVAttrs
    return { x: () => tf.concat(dy as unknown as tf.Tensor[], axis) }
  },
  Concat: (dy, saved, attributes) => {
    const { axis } = attributes as tf.ConcatAttrs
    const parts = tf.split(
      dy,
      saved.map(({ shape }) => shape[axis]!),
      axis,
    )
    return Object.fromEntries(parts.map((part, i) => [i, () => part]))
  },
  Slice: (dy, [x], attributes) => {
    const { begin, size } = attributes as tf.SliceAttrs
    const [from, kept] = [begin, size] as readonly (readonly number[])[]
    const margins = x!.shape.map((width, axis): [number, number] => {
      const first = from![axis] ?? 0
      const taken = kept![axis] === undefined || kept![axis] === -1 ? width - first : kept![axis]!
      return [first, width - first - taken]
    })
    return { x: () => tf.pad(dy, margins) }
  },
  // A table repeated along its first axis.
  Tile: (dy, [x], attributes) => {
    const [times] = (attributes as tf.TileAttrs).reps
    return { x: () => tf.sum(tf.reshape(dy, [times!, ...x!.shape]), 0) }
  },
}

/** Idempotent. */
export function registerTapeGradients(): void {
  for (const [kernelName, gradFunc] of Object.entries(GRADIENTS)) {
    if (tf.getGradient(kernelName) !== undefined) continue
    const inputsToSave = { Relu: ['x'], Reshape: ['x'], Slice: ['x'], Tile: ['x'] }[kernelName] ?? []
    tf.registerGradient({
      kernelName,
      inputsToSave,
      saveAllInputs: kernelName === 'Concat',
      gradFunc: gradFunc as unknown as tf.GradFunc,
    })
  }
}

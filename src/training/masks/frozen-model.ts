/** A model's weights as tensors that stay for as long as masks are learned on it. */
import * as tf from '@tensorflow/tfjs-core'
import { InvalidInput, invariant } from '../../domain/errors.js'
import type { ModelConfig, SparseModelData } from '../../domain/sparse-model-data.js'
import { expectedTensors } from '../../model/tensor-table.js'
import { tensorValues } from '../../model/tensor-values.js'
import type { Backend } from '../backends/backend.js'
import { joined, type Operations } from '../differentiable.js'
import { type Batch, type Tap, transformer } from '../transformer.js'
import { frozenOperations } from './frozen-operations.js'

export interface FrozenModel {
  readonly config: ModelConfig
  /** Logits of the tokens `of` alone, [tokens, V], recorded on the tape for what the tap brings in. */
  logits(batch: Batch, of: tf.Tensor1D, tap?: Tap): tf.Tensor2D
  dispose(): void
}

/** Throws NOT_MEANINGFUL for a model with LayerNorm, which the trainer does not speak. */
export function frozenModel({ config, tensors }: SparseModelData, { kernels }: Backend): FrozenModel {
  if (!config.rmsNorm)
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'masks are learned on models with RMSNorm, and this one has LayerNorm',
      {
        hint: 'cut it by ATTRIBUTION or EAP_IG',
      },
    )
  const shapes = new Map(expectedTensors(config).map(({ name, shape }) => [name, shape]))
  const weights = new Map<string, tf.Tensor>()
  const turned = new Map<tf.Tensor2D, tf.Tensor2D>()
  for (const tensor of tensors) {
    const shape = shapes.get(tensor.name)
    invariant(shape !== undefined, `the configuration has a tensor ${tensor.name}`)
    const values = Float32Array.from(tensorValues(tensor))
    const weight = tf.tensor(values, [...shape])
    weights.set(tensor.name, weight)
    if (/\.c_(attn|proj|fc)\.weight$|^lm_head/.test(tensor.name)) {
      const [outer, inner] = shape as [number, number]
      turned.set(weight as tf.Tensor2D, tf.tensor2d(transposed(values, outer, inner), [inner, outer]))
    }
  }
  const embedding = weights.get('transformer.wte.weight') ?? weights.get('lm_head.weight')!
  const named = new Map([...weights, ['transformer.wte.weight', embedding]])
  const op: Operations = frozenOperations(kernels, turned)
  const bias = weights.get('final_logits_bias') as tf.Tensor1D | undefined
  return {
    config,
    logits(batch, of, tap) {
      const logits = transformer(config, op, named, batch, tap, of)
      if (bias === undefined) return logits
      return joined([logits], () => ({ value: tf.add(logits, bias), gradFunc: (dy) => [dy] }))
    },
    dispose() {
      tf.dispose([...weights.values(), ...turned.values()])
    },
  }
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length)
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c]!
  return out
}

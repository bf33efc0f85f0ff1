/**
 * Model M of the goals: 8 layers, d 1,024, 64 heads × 16, MLP 4,096, 256 tokens, vocabulary 2,048; 105 M parameters of
 * which 3.7 M are not zero, in every matrix alike, embeddings included, as in the released models (Gao et al. 2025, §2:
 * all weights are sparse); AbsTopK ¼ at all sites. Weights are drawn with a fixed seed and scaled so that every write is
 * about as large as the stream.
 */
import type { ModelConfig, SparseModelData, Tensor } from '../src/domain/sparse-model-data.js'
import { parseModelConfig } from '../src/model/model-config.js'
import { expectedTensors } from '../src/model/tensor-table.js'

export const SEED = 20_261_123
/** The released shapes have 8 or 12 layers. */
const LAYERS = Number(process.env['CIRCUITQL_BENCH_LAYERS'] ?? 8)
const DENSITY = 3_700_000 / 104_857_600
const MATRIX = /(c_attn|c_proj|c_fc|wte|wpe|lm_head)\.weight$/

export function benchConfig(fields: Readonly<Record<string, unknown>> = {}): ModelConfig {
  return parseModelConfig({
    block_size: 256,
    vocab_size: 2048,
    n_layer: LAYERS,
    n_head: 64,
    d_head: 16,
    d_model: 1024,
    d_mlp: 4096,
    rms_norm: true,
    tied_unembed: false,
    bias: true,
    afrac: 0.25,
    afrac_loctypes: 'attn_in,attn_q,attn_k,attn_v,attn_out,mlp_in,mlp_neuron,mlp_out',
    ...fields,
  })
}

/** float32 tensors, as released files have them. */
export function benchModel(config: ModelConfig = benchConfig()): SparseModelData {
  let state = SEED
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const tensors = expectedTensors(config)
  const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)
  return {
    id: 'bench-m',
    config,
    referenceSet: null,
    vocabulary: null,
    tensors: tensors.map(({ name, shape }): Tensor => {
      const values = new Float32Array(size(shape))
      if (/\.ln_\w+\.weight$/.test(name)) values.fill(1)
      else if (MATRIX.test(name)) {
        // As many in every row: the released recipe keeps at least some per neuron and channel.
        const [rows, columns] = shape as [number, number]
        const perRow = Math.round(DENSITY * columns)
        // A row of an embedding is a stream of its own, with entries of about 1 in the mean square.
        const size = /wte|wpe/.test(name) ? Math.sqrt((3 * columns) / perRow) : Math.sqrt(6 / perRow)
        for (let row = 0; row < rows; row++)
          for (let n = 0; n < perRow; n++)
            values[row * columns + Math.floor(next() * columns)] = (2 * next() - 1) * size
      }
      return { name, dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) }
    }),
  }
}

/** Token ids of one prompt. */
export function benchTokens(config: ModelConfig, length = 256): readonly number[] {
  return Array.from({ length }, (_, i) => (i * 7_919 + 13) % config.vocabSize)
}

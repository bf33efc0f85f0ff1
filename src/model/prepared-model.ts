/** A sparse model ready to run: matrices by columns, vectors as float64, all in shared memory. */
import type { ModelConfig, SparseModelData, Tensor } from '../domain/sparse-model-data.js'
import type { SparseMatrix } from './sparse-matrix.js'
import { sharedFloats, sparseMatrix } from './sparse-matrix.js'
import { canonicalTensors } from './tensor-table.js'
import { tensorValues } from './tensor-values.js'

export interface Linear {
  /** (out, in) */
  readonly weight: SparseMatrix
  /** [out], or null for none. */
  readonly bias: Float64Array | null
}

/** RMSNorm or LayerNorm, as the configuration says. */
export interface Norm {
  readonly gain: Float64Array
  readonly bias: Float64Array | null
}

/** What one sublayer reads through. */
export interface Reading {
  /** Over the residual stream, [dModel]. */
  readonly stream: Norm
  /** Over the concatenated position vector, [dPosEmb]; null when positions are added. */
  readonly position: Norm | null
}

export interface PreparedLayer {
  readonly attnReading: Reading
  /** Rows q, k, v; head h channel c at h·dHead + c. */
  readonly attnIn: Linear
  /** [heads], or null without sinks. */
  readonly sinkLogit: Float64Array | null
  readonly attnOut: Linear
  readonly mlpReading: Reading
  readonly mlpIn: Linear
  readonly mlpOut: Linear
}

export interface PreparedModel {
  readonly id: string
  readonly config: ModelConfig
  /** [vocabulary, dModel] */
  readonly tokenEmbedding: Float64Array
  /** [blockSize, dPosEmb or dModel] */
  readonly positionEmbedding: Float64Array
  readonly layers: readonly PreparedLayer[]
  readonly finalNorm: Norm
  /** (vocabulary, dModel) */
  readonly unembedding: SparseMatrix
  /** [vocabulary] */
  readonly logitBias: Float64Array
  /** [vocabulary, vocabulary], the row of the current token is added to the logits; null for none. */
  readonly bigramTable: Float64Array | null
}

/** Throws what `canonicalTensors` throws, and BAD_FILE for a weight that is not finite. */
export function prepareModel(data: SparseModelData): PreparedModel {
  const steps = prepareModelInSteps(data)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The same work, pausing after every layer, for callers that must not hold their thread. */
export function* prepareModelInSteps(data: SparseModelData): Generator<void, PreparedModel> {
  const { config } = data
  const tensors = new Map(canonicalTensors(config, data.tensors).map((tensor) => [tensor.name, tensor]))
  const vector = (name: string): Float64Array => floats(tensors.get(name)!)
  const vectorOrNull = (name: string): Float64Array | null => (tensors.has(name) ? vector(name) : null)
  const norm = (name: string): Norm => ({
    gain: vector(`${name}.weight`),
    bias: vectorOrNull(`${name}.bias`),
  })
  const linear = (name: string): Linear => ({
    weight: matrix(tensors.get(`${name}.weight`)!),
    bias: vectorOrNull(`${name}.bias`),
  })
  const reading = (block: string, which: 1 | 2): Reading => ({
    stream: norm(`${block}.ln_${which}`),
    position: config.dPosEmb === null ? null : norm(`${block}.ln_p${which}`),
  })

  const layers: PreparedLayer[] = []
  for (let i = 0; i < config.layers; i++) {
    const block = `transformer.h.${i}`
    layers.push({
      attnReading: reading(block, 1),
      attnIn: linear(`${block}.attn.c_attn`),
      sinkLogit: vectorOrNull(`${block}.attn.attn_imp.sink_logit`),
      attnOut: linear(`${block}.attn.c_proj`),
      mlpReading: reading(block, 2),
      mlpIn: linear(`${block}.mlp.c_fc`),
      mlpOut: linear(`${block}.mlp.c_proj`),
    })
    yield
  }
  return {
    id: data.id,
    config,
    tokenEmbedding: vector(config.tiedUnembed ? 'lm_head.weight' : 'transformer.wte.weight'),
    positionEmbedding: vector('transformer.wpe.weight'),
    layers,
    finalNorm: norm('transformer.ln_f'),
    unembedding: matrix(tensors.get('lm_head.weight')!),
    logitBias: vector('final_logits_bias'),
    bigramTable: vectorOrNull('bigram_table'),
  }
}

function floats(tensor: Tensor): Float64Array {
  const values = tensorValues(tensor)
  const shared = sharedFloats(values.length)
  shared.set(values)
  return shared
}

function matrix(tensor: Tensor): SparseMatrix {
  return sparseMatrix(tensorValues(tensor), tensor.shape[0]!, tensor.shape[1]!)
}

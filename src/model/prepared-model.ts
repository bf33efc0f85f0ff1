/** A sparse model ready to run: matrices by columns, vectors as float64, all in shared memory. */

import type { ModelConfig, SparseModelData, Tensor } from '../domain/sparse-model-data.js'
import { runToEnd } from '../domain/steps.js'
import { type KernelRoom, matrixBytes, SharedHeap } from './shared-heap.js'
import type { SparseMatrix } from './sparse-matrix.js'
import { sharedFloats, sparseMatrixInSteps } from './sparse-matrix.js'
import { canonicalTensors, inputWidth } from './tensor-table.js'
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
  /** Where kernels find the matrices; null for a small model, which plain loops serve. */
  readonly room: KernelRoom | null
}

/** Throws what `canonicalTensors` throws, and BAD_FILE for a weight that is not finite. */
export function prepareModel(data: SparseModelData): PreparedModel {
  return runToEnd(prepareModelInSteps(data))
}

/** What is multiplied with activations; everything else is read by row or element. */
const MATRIX = /(c_attn|c_proj|c_fc|lm_head)\.weight$/

/** The same work, pausing before and after every tensor, for callers that must not hold their thread. */
export function* prepareModelInSteps(data: SparseModelData): Generator<void, PreparedModel> {
  const { config } = data
  const matrices = new Map<string, SparseMatrix>()
  const vectors = new Map<string, Float64Array>()
  const tensors = canonicalTensors(config, data.tensors)
  const heap = yield* weightHeap(config, tensors)
  const embedding = config.tiedUnembed ? 'lm_head.weight' : 'transformer.wte.weight'
  for (const tensor of tensors) {
    const { name, shape } = tensor
    const values = tensorValues(tensor)
    yield
    if (MATRIX.test(name)) {
      const matrix = yield* sparseMatrixInSteps(values, shape[0]!, shape[1]!, heap ?? undefined)
      matrices.set(name, matrix)
    }
    yield
    if (!MATRIX.test(name) || name === embedding) vectors.set(name, shared(values))
    yield
  }

  const norm = (name: string): Norm => ({
    gain: vectors.get(`${name}.weight`)!,
    bias: vectors.get(`${name}.bias`) ?? null,
  })
  const linear = (name: string): Linear => ({
    weight: matrices.get(`${name}.weight`)!,
    bias: vectors.get(`${name}.bias`) ?? null,
  })
  const reading = (block: string, which: 1 | 2): Reading => ({
    stream: norm(`${block}.ln_${which}`),
    position: config.dPosEmb === null ? null : norm(`${block}.ln_p${which}`),
  })
  const layer = (block: string): PreparedLayer => ({
    attnReading: reading(block, 1),
    attnIn: linear(`${block}.attn.c_attn`),
    sinkLogit: vectors.get(`${block}.attn.attn_imp.sink_logit`) ?? null,
    attnOut: linear(`${block}.attn.c_proj`),
    mlpReading: reading(block, 2),
    mlpIn: linear(`${block}.mlp.c_fc`),
    mlpOut: linear(`${block}.mlp.c_proj`),
  })
  return {
    id: data.id,
    config,
    tokenEmbedding: vectors.get(embedding)!,
    positionEmbedding: vectors.get('transformer.wpe.weight')!,
    layers: Array.from({ length: config.layers }, (_, i) => layer(`transformer.h.${i}`)),
    finalNorm: norm('transformer.ln_f'),
    unembedding: matrices.get('lm_head.weight')!,
    logitBias: vectors.get('final_logits_bias')!,
    bigramTable: vectors.get('bigram_table') ?? null,
    room: heap?.room ?? null,
  }
}

/** Counts first, so that one memory of the right size holds all matrices. */
function* weightHeap(config: ModelConfig, tensors: readonly Tensor[]): Generator<void, SharedHeap | null> {
  let nonzero = 0
  let bytes = 0
  for (const tensor of tensors) {
    if (!MATRIX.test(tensor.name)) continue
    const values = tensorValues(tensor)
    yield
    let own = 0
    for (let i = 0; i < values.length; i++) if (values[i] !== 0) own++
    nonzero += own
    bytes += matrixBytes(tensor.shape[1]!, own)
    yield
  }
  return SharedHeap.forWeights({ nonzero, bytes }, (copies) => ({
    callBytes: callBytes(config, copies),
    keptBytes: keptBytes(config, copies),
  }))
}

/**
 * Room for the largest kernel call of a whole prompt: input and output of a product, with a tile of each of two threads,
 * or q, k, v, y and their gradients with two patterns for each thread; of runs side by side q, k, v and y, or the last
 * read and the logits.
 */
function callBytes(config: ModelConfig, copies: number): number {
  const { blockSize, dModel, dMlp, heads, dHead, vocabSize } = config
  const channels = heads * dHead
  const widest = Math.max(vocabSize, dMlp, 3 * channels, inputWidth(config))
  const alone = inputWidth(config) + dModel + Math.max(widest + dMlp / 8, 8 * channels)
  const rows = Math.max(alone, copies * Math.max(4 * channels, dModel + vocabSize))
  const patterns = 4 * blockSize * blockSize + blockSize * (16 * dHead + 32)
  return 8 * (blockSize * rows + 16 * (widest + 16) + patterns) + 65_536
}

/** Rows that go through a sublayer together (row-blocks.ts), at most. */
const BLOCK_ROWS = 64

/**
 * Activations of a prompt that a run reuses from layer to layer: reads, q, k and v before and after their parting, … Of
 * runs side by side only q, k, v, y and the last read are kept whole.
 */
function keptBytes(config: ModelConfig, copies: number): number {
  const { blockSize, dModel, dMlp, heads, dHead } = config
  const forth = inputWidth(config) + 7 * heads * dHead + dMlp + 2 * dModel
  const back = inputWidth(config) + 7 * heads * dHead + dMlp + dModel
  const whole = copies * (4 * heads * dHead + dModel)
  return 8 * (blockSize * (whole + forth + back) + BLOCK_ROWS * forth) + 1_024
}

/** A copy without −0, which sums that begin with it would otherwise keep or lose by who computes them. */
function shared(values: Float32Array | Float64Array): Float64Array {
  const copy = sharedFloats(values.length)
  for (let i = 0; i < values.length; i++) copy[i] = values[i]! + 0
  return copy
}

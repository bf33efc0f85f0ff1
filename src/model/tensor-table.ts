/**
 * Which tensors a configuration has, with their shapes (sparse-models.md §7.2), and the one canonical list that the
 * weights of a model come down to, whichever file carried them: `.pt` and safetensors differ in buffers and in which
 * copy of a tied matrix they keep.
 */
import { compareCodePoints } from '../domain/code-point-order.js'
import { InvalidInput } from '../domain/errors.js'
import type { ModelConfig, Tensor } from '../domain/sparse-model-data.js'
import { elementBytes } from './tensor-values.js'

export interface ExpectedTensor {
  readonly name: string
  readonly shape: readonly number[]
}

const LOGIT_BIAS = 'final_logits_bias'
/** A tied matrix is kept under this name: safetensors keeps the same one of the two. */
const UNEMBEDDING = 'lm_head.weight'
const EMBEDDING = 'transformer.wte.weight'
const CAUSAL_MASK = /^transformer\.h\.\d+\.attn\.bias$/

/** Width of what a sublayer reads: the residual stream and, where they are concatenated, the positions. */
export function inputWidth(config: ModelConfig): number {
  return config.dModel + (config.dPosEmb ?? 0)
}

/** Every tensor of the configuration, in code-point order of the names; Linear weights are (out, in). */
export function expectedTensors(config: ModelConfig): readonly ExpectedTensor[] {
  const { dModel, dMlp, dPosEmb, vocabSize, blockSize } = config
  const channels = config.heads * config.dHead
  const input = inputWidth(config)
  const table: ExpectedTensor[] = [
    { name: UNEMBEDDING, shape: [vocabSize, dModel] },
    { name: 'transformer.wpe.weight', shape: [blockSize, dPosEmb ?? dModel] },
    { name: LOGIT_BIAS, shape: [vocabSize] },
  ]
  if (!config.tiedUnembed) table.push({ name: EMBEDDING, shape: [vocabSize, dModel] })
  if (config.bigramTable) table.push({ name: 'bigram_table', shape: [vocabSize, vocabSize] })

  const norm = (name: string, width: number): void => {
    table.push({ name: `${name}.weight`, shape: [width] })
    // The released RMSNorm has no bias whatever ln_bias says.
    if (!config.rmsNorm && config.lnBias) table.push({ name: `${name}.bias`, shape: [width] })
  }
  const linear = (name: string, out: number, into: number): void => {
    table.push({ name: `${name}.weight`, shape: [out, into] })
    if (config.bias) table.push({ name: `${name}.bias`, shape: [out] })
  }
  norm('transformer.ln_f', dModel)
  for (let layer = 0; layer < config.layers; layer++) {
    const block = `transformer.h.${layer}`
    norm(`${block}.ln_1`, dModel)
    norm(`${block}.ln_2`, dModel)
    if (dPosEmb !== null) {
      norm(`${block}.ln_p1`, dPosEmb)
      norm(`${block}.ln_p2`, dPosEmb)
    }
    linear(`${block}.attn.c_attn`, 3 * channels, input)
    linear(`${block}.attn.c_proj`, dModel, channels)
    if (config.sink) table.push({ name: `${block}.attn.attn_imp.sink_logit`, shape: [config.heads] })
    linear(`${block}.mlp.c_fc`, dMlp, input)
    linear(`${block}.mlp.c_proj`, dModel, dMlp)
  }
  return table.sort((a, b) => compareCodePoints(a.name, b.name))
}

/**
 * The expected tensors out of those a file carries, in code-point order. Causal-mask buffers and the second copy of a
 * tied matrix are dropped, a missing `final_logits_bias` is zeros. Throws BAD_FILE naming a tensor that is missing,
 * unknown, there twice, of another shape, or of another length than its shape says; UNSUPPORTED for a type that holds
 * no weights. Idempotent.
 */
export function canonicalTensors(config: ModelConfig, tensors: readonly Tensor[]): readonly Tensor[] {
  const given = new Map<string, Tensor>()
  for (const tensor of tensors) {
    if (given.has(tensor.name))
      throw new InvalidInput('BAD_FILE', `tensor ${tensor.name} is there twice`, { path: tensor.name })
    if (!CAUSAL_MASK.test(tensor.name)) given.set(tensor.name, tensor)
  }
  if (config.tiedUnembed) untie(given)
  const expected = expectedTensors(config)
  const chosen = expected.map((entry) => {
    const tensor = given.get(entry.name)
    given.delete(entry.name)
    if (tensor !== undefined) return checked(tensor, entry)
    if (entry.name === LOGIT_BIAS) return zeros(entry)
    throw new InvalidInput(
      'BAD_FILE',
      `tensor ${entry.name} of shape (${entry.shape.join(', ')}) is missing`,
      { path: entry.name },
    )
  })
  for (const name of given.keys()) {
    throw new InvalidInput('BAD_FILE', `tensor ${name} does not belong to a model of this configuration`, {
      path: name,
    })
  }
  return chosen
}

/** Leaves one copy of a tied matrix, under the name of the unembedding. */
function untie(given: Map<string, Tensor>): void {
  const embedding = given.get(EMBEDDING)
  if (embedding === undefined) return
  given.delete(EMBEDDING)
  const unembedding = given.get(UNEMBEDDING)
  if (unembedding === undefined) {
    given.set(UNEMBEDDING, { ...embedding, name: UNEMBEDDING })
  } else if (
    unembedding.dtype !== embedding.dtype ||
    Buffer.compare(unembedding.bytes, embedding.bytes) !== 0
  ) {
    throw new InvalidInput(
      'BAD_FILE',
      `${EMBEDDING} and ${UNEMBEDDING} differ, but the configuration ties them`,
      { path: EMBEDDING },
    )
  }
}

function checked(tensor: Tensor, entry: ExpectedTensor): Tensor {
  const { shape } = tensor
  if (shape.length !== entry.shape.length || shape.some((size, i) => size !== entry.shape[i])) {
    throw new InvalidInput(
      'BAD_FILE',
      `tensor ${entry.name} has shape (${shape.join(', ')}), the configuration says (${entry.shape.join(', ')})`,
      { path: entry.name },
    )
  }
  const wanted = shape.reduce((product, size) => product * size, 1) * elementBytes(tensor)
  if (tensor.bytes.byteLength !== wanted) {
    throw new InvalidInput(
      'BAD_FILE',
      `tensor ${entry.name} has ${tensor.bytes.byteLength} bytes, its shape needs ${wanted}`,
      {
        path: entry.name,
      },
    )
  }
  // A zero bias is the same as none, whatever type it was stored in.
  return entry.name === LOGIT_BIAS && tensor.bytes.every((byte) => byte === 0) ? zeros(entry) : tensor
}

function zeros(entry: ExpectedTensor): Tensor {
  return { name: entry.name, dtype: 'F32', shape: entry.shape, bytes: new Uint8Array(4 * entry.shape[0]!) }
}

/**
 * The weight-sparse transformer of Gao et al. 2025 (A.1) as it is trained: embed, blocks, unembed, in the order of the
 * released code (sparse-models.md §1.2). All sequences of a batch stand one after another, so that everything but
 * attention sees a plain table of tokens.
 *
 * Letters in shape comments: n tokens of all sequences, d dModel, p width of concatenated positions or 0,
 * W heads · dHead, m dMlp, V vocabulary.
 */
import * as tf from '@tensorflow/tfjs-core'
import { invariant } from '../domain/errors.js'
import type { ModelConfig, TopKSite } from '../domain/sparse-model-data.js'
import type { Operations } from './differentiable.js'

export interface Batch {
  /** Token ids, [sequences · length]. */
  readonly tokens: tf.Tensor1D
  readonly sequences: number
  readonly length: number
}

/** Changes what leaves a site, by its released name (`0.attn.act_in`), after AbsTopK: masks stand here. */
export type Tap = (name: string, x: tf.Tensor2D) => tf.Tensor2D

interface Pass {
  readonly config: ModelConfig
  readonly logitsOf: tf.Tensor1D | null
  readonly tap: Tap
  readonly op: Operations
  readonly batch: Batch
  /** A released tensor; the configuration says which there are. */
  weight<T extends tf.Tensor>(name: string): T
}

/** Logits [n, V], or of the tokens `logitsOf` alone. `weights` are the released tensors by name. */
export function transformer(
  config: ModelConfig,
  op: Operations,
  weights: ReadonlyMap<string, tf.Tensor>,
  batch: Batch,
  tap: Tap = (_, x) => x,
  logitsOf: tf.Tensor1D | null = null,
): tf.Tensor2D {
  const pass: Pass = {
    config,
    logitsOf,
    tap,
    op,
    batch,
    weight: <T extends tf.Tensor>(name: string): T => {
      const found = weights.get(name)
      invariant(found !== undefined, `the model has a tensor ${name}`)
      return found as T
    },
  }
  let x = embed(pass) // [n, d]
  for (let i = 0; i < config.layers; i++) {
    x = cut(pass, 'resid_post_attn', i, residual(pass, tf.add(x, attention(pass, i, x)))) // [n, d]
    x = cut(pass, 'resid_post_mlp', i, residual(pass, tf.add(x, mlp(pass, i, x)))) // [n, d]
  }
  return unembed(pass, x) // [n, V]
}

function embed(pass: Pass): tf.Tensor2D {
  const { op, weight, batch, config } = pass
  const x = op.rows(weight('transformer.wte.weight'), batch.tokens) // [n, d]
  return config.dPosEmb === null ? tf.add(x, positions(pass)) : x // added positions
}

function attention(pass: Pass, i: number, x: tf.Tensor2D): tf.Tensor2D {
  const { op, weight, batch, config } = pass
  const { heads, dHead } = config
  const width = heads * dHead
  const block = `transformer.h.${i}`
  const actIn = cut(pass, 'attn_in', i, read(pass, block, 1, x)) // [n, d + p]
  const qkv = linear(pass, `${block}.attn.c_attn`, actIn) // [n, 3 W]
  const [q, k, v] = tf.split(qkv, [width, width, width], 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D] // [n, W]
  const sink = config.sink ? weight<tf.Tensor1D>(`${block}.attn.attn_imp.sink_logit`) : null // [heads]
  const input = {
    q: cut(pass, 'attn_q', i, q),
    k: cut(pass, 'attn_k', i, k),
    v: cut(pass, 'attn_v', i, v),
    sink,
  }
  const y = op.attention(input, { sequences: batch.sequences, length: batch.length, heads, dHead }) // [n, W]
  return cut(pass, 'attn_out', i, linear(pass, `${block}.attn.c_proj`, y)) // [n, d]
}

function mlp(pass: Pass, i: number, x: tf.Tensor2D): tf.Tensor2D {
  const { op, config } = pass
  const block = `transformer.h.${i}`
  const actIn = cut(pass, 'mlp_in', i, read(pass, block, 2, x)) // [n, d + p]
  const hidden = linear(pass, `${block}.mlp.c_fc`, actIn) // [n, m]
  const active = config.activation === 'gelu' ? op.gelu(hidden) : tf.relu(hidden) // [n, m]
  const postAct = cut(pass, 'mlp_neuron', i, active) // [n, m]
  return cut(pass, 'mlp_out', i, linear(pass, `${block}.mlp.c_proj`, postAct)) // [n, d]
}

function unembed({ op, weight, batch, config, logitsOf }: Pass, x: tf.Tensor2D): tf.Tensor2D {
  const last = logitsOf === null ? x : op.rows(x, logitsOf) // [n, d]
  const tokens = logitsOf === null ? batch.tokens : tf.gather(batch.tokens, logitsOf) // [n]
  const finalRead = op.rmsNorm(last, weight('transformer.ln_f.weight')) // [n, d]
  const logits = op.linear(finalRead, weight('lm_head.weight'), null) // [n, V]
  return config.bigramTable ? tf.add(logits, op.rows(weight('bigram_table'), tokens)) : logits
}

/** What a sublayer reads: the normed stream and, where they are concatenated, the normed positions. */
function read(pass: Pass, block: string, which: 1 | 2, x: tf.Tensor2D): tf.Tensor2D {
  const { op, weight, config } = pass
  const stream = op.rmsNorm(x, weight(`${block}.ln_${which}.weight`)) // [n, d]
  if (config.dPosEmb === null) return stream
  return op.beside(stream, op.rmsNorm(positions(pass), weight(`${block}.ln_p${which}.weight`))) // [n, d + p]
}

/** Position vectors of every token, [n, d or p]. */
function positions({ op, weight, batch }: Pass): tf.Tensor2D {
  return op.repeated(weight('transformer.wpe.weight'), batch.length, batch.sequences)
}

function linear({ op, weight, config }: Pass, name: string, x: tf.Tensor2D): tf.Tensor2D {
  return op.linear(x, weight(`${name}.weight`), config.bias ? weight(`${name}.bias`) : null)
}

function residual({ config }: Pass, x: tf.Tensor2D): tf.Tensor2D {
  return config.residualActivation === 'relu' ? tf.relu(x) : x
}

/** What leaves a site of block i: cut to its largest entries where the configuration says so, then tapped. */
function cut({ op, config, tap }: Pass, site: TopKSite, i: number, x: tf.Tensor2D): tf.Tensor2D {
  const name = TAPS[site]
  const k = Math.trunc((config.afrac ?? 0) * x.shape[1])
  const isCut = config.afrac !== null && config.topKSites.includes(site)
  const left = !isCut ? x : k === 0 ? tf.zerosLike(x) : op.absTopK(x, k)
  return name === null ? left : tap(`${i}.${name}`, left)
}

/** Released names of the places behind the sites; the stream between blocks is no node. */
const TAPS: Readonly<Record<TopKSite, string | null>> = {
  attn_in: 'attn.act_in',
  attn_q: 'attn.q',
  attn_k: 'attn.k',
  attn_v: 'attn.v',
  attn_out: 'attn.resid_delta',
  mlp_in: 'mlp.act_in',
  mlp_neuron: 'mlp.post_act',
  mlp_out: 'mlp.resid_delta',
  resid_post_attn: null,
  resid_post_mlp: null,
}

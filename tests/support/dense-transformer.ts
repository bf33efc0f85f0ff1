/**
 * The released forward pass written a second time, without sparsity, typed kernels or taps beyond a hook: plain nested
 * arrays and textbook formulas. Slow and simple on purpose: an oracle for the engine.
 */
import type { ModelConfig, SparseModelData, TopKSite } from '../../src/domain/sparse-model-data.js'
import { tensorValues } from '../../src/model/tensor-values.js'

type Rows = number[][]
/** May change an activation, and sees it. */
export type Hook = (tap: string, rows: Rows) => Rows

/** Logits by position. */
export function denseForward(
  data: SparseModelData,
  tokens: readonly number[],
  epsilon: number,
  hook: Hook = (_, rows) => rows,
): Rows {
  const { config } = data
  const tensors = new Map(data.tensors.map((tensor) => [tensor.name, tensor]))
  const vector = (name: string, width: number): number[] =>
    tensors.has(name) ? Array.from(tensorValues(tensors.get(name)!)) : new Array<number>(width).fill(0)
  const matrix = (name: string): Rows => {
    const [rows, columns] = tensors.get(name)!.shape as [number, number]
    const values = Array.from(tensorValues(tensors.get(name)!))
    return Array.from({ length: rows }, (_, r) => values.slice(r * columns, (r + 1) * columns))
  }
  const linear = (name: string, rows: Rows): Rows => {
    const weight = matrix(`${name}.weight`)
    const bias = vector(`${name}.bias`, weight.length)
    return rows.map((row) =>
      weight.map((w, o) => bias[o]! + w.reduce((sum, value, i) => sum + value * row[i]!, 0)),
    )
  }
  const norm = (name: string, rows: Rows): Rows =>
    rows.map((row) => {
      const gain = vector(`${name}.weight`, row.length)
      const bias = vector(`${name}.bias`, row.length)
      const mean = config.rmsNorm ? 0 : average(row)
      const spread = Math.sqrt(average(row.map((x) => (x - mean) ** 2)) + (config.rmsNorm ? epsilon : 1e-5))
      return row.map((x, c) => (gain[c]! * (x - mean)) / spread + bias[c]!)
    })
  const act =
    config.activation === 'relu'
      ? (x: number) => Math.max(0, x)
      : (x: number) => 0.5 * x * (1 + erfSeries(x / Math.SQRT2))
  const resid = (site: TopKSite, x: Rows, delta: Rows): Rows => {
    const sum = x.map((row, t) => row.map((value, c) => value + delta[t]![c]!))
    return topK(
      config,
      site,
      config.residualActivation === 'relu' ? sum.map((row) => row.map((value) => Math.max(0, value))) : sum,
    )
  }

  const embedding = matrix(config.tiedUnembed ? 'lm_head.weight' : 'transformer.wte.weight')
  const places = matrix('transformer.wpe.weight')
  let x = hook(
    'embed',
    tokens.map((token) => [...embedding[token]!]),
  )
  if (config.dPosEmb === null) x = x.map((row, t) => row.map((value, c) => value + places[t]![c]!))
  const withPositions = (name: string, rows: Rows): Rows =>
    config.dPosEmb === null ? rows : rows.map((row, t) => [...row, ...norm(name, [places[t]!])[0]!])

  for (let i = 0; i < config.layers; i++) {
    const block = `transformer.h.${i}`
    x = hook(`${i}.resid_in`, x)
    const read = hook(
      `${i}.attn.act_in`,
      topK(config, 'attn_in', withPositions(`${block}.ln_p1`, norm(`${block}.ln_1`, x))),
    )
    const width = config.heads * config.dHead
    const qkv = linear(`${block}.attn.c_attn`, read)
    const part = (which: number) => qkv.map((row) => row.slice(which * width, (which + 1) * width))
    const q = hook(`${i}.attn.q`, topK(config, 'attn_q', part(0)))
    const k = hook(`${i}.attn.k`, topK(config, 'attn_k', part(1)))
    const v = hook(`${i}.attn.v`, topK(config, 'attn_v', part(2)))
    const sink = config.sink ? vector(`${block}.attn.attn_imp.sink_logit`, config.heads) : null
    const y = hook(
      `${i}.attn.y`,
      tokens.map((_, t) =>
        Array.from({ length: width }, (_, c) => {
          const head = Math.floor(c / config.dHead)
          const channels = Array.from({ length: config.dHead }, (_, n) => head * config.dHead + n)
          const scores = Array.from({ length: t + 1 }, (_, s) =>
            Math.exp(channels.reduce((sum, n) => sum + q[t]![n]! * k[s]![n]!, 0) / Math.sqrt(config.dHead)),
          )
          const total = scores.reduce((sum, e) => sum + e, sink === null ? 0 : Math.exp(sink[head]!))
          return scores.reduce((sum, e, s) => sum + (e / total) * v[s]![c]!, 0)
        }),
      ),
    )
    x = resid(
      'resid_post_attn',
      x,
      hook(`${i}.attn.resid_delta`, topK(config, 'attn_out', linear(`${block}.attn.c_proj`, y))),
    )

    x = hook(`${i}.resid_mid`, x)
    const readMlp = hook(
      `${i}.mlp.act_in`,
      topK(config, 'mlp_in', withPositions(`${block}.ln_p2`, norm(`${block}.ln_2`, x))),
    )
    const hidden = linear(`${block}.mlp.c_fc`, readMlp).map((row) => row.map(act))
    const post = hook(`${i}.mlp.post_act`, topK(config, 'mlp_neuron', hidden))
    x = resid(
      'resid_post_mlp',
      x,
      hook(`${i}.mlp.resid_delta`, topK(config, 'mlp_out', linear(`${block}.mlp.c_proj`, post))),
    )
  }
  x = hook('final_resid', x)
  const final = norm('transformer.ln_f', x)
  const head = matrix('lm_head.weight')
  const bias = vector('final_logits_bias', config.vocabSize)
  const bigram = config.bigramTable ? matrix('bigram_table') : null
  return final.map((row, t) =>
    head.map(
      (u, token) =>
        u.reduce((sum, w, c) => sum + w * row[c]!, 0) +
        bias[token]! +
        (bigram === null ? 0 : bigram[tokens[t]!]![token]!),
    ),
  )
}

function topK(config: ModelConfig, site: TopKSite, rows: Rows): Rows {
  if (config.afrac === null || !config.topKSites.includes(site)) return rows
  return rows.map((row) => {
    const k = Math.trunc(config.afrac! * row.length)
    const order = row.map((_, c) => c).sort((a, b) => Math.abs(row[b]!) - Math.abs(row[a]!) || a - b)
    const kept = new Set(order.slice(0, k))
    return row.map((value, c) => (kept.has(c) ? value : 0))
  })
}

function average(row: readonly number[]): number {
  return row.reduce((sum, x) => sum + x, 0) / row.length
}

/** erf by the series whose terms are all of one sign: 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)). */
export function erfSeries(x: number): number {
  if (Math.abs(x) > 7) return Math.sign(x)
  let term = x
  let sum = x
  for (let n = 1; n < 400 && Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/**
 * A second, deliberately plain forward pass (sparse-models.md §1.2) for hand-built models: RMSNorm, ReLU, no AbsTopK.
 * It shares no code with the engine and reads the stored file by itself.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Vector = number[]
/** Replaces a channel of a tap at every position. */
export type Replace = (tap: string, index: number, value: number) => number

export interface NaiveModel {
  readonly config: Record<string, number | boolean>
  readonly weights: ReadonlyMap<string, { shape: number[]; values: Vector }>
}

export function openNaive(folder: string): NaiveModel {
  const bytes = readFileSync(join(folder, 'model.safetensors'))
  const length = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >
  const weights = new Map<string, { shape: number[]; values: Vector }>()
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue
    const values: Vector = []
    for (
      let at = 8 + length + data_offsets[0];
      at < 8 + length + data_offsets[1];
      at += dtype === 'F64' ? 8 : 4
    ) {
      values.push(dtype === 'F64' ? bytes.readDoubleLE(at) : bytes.readFloatLE(at))
    }
    weights.set(name, { shape, values })
  }
  return {
    config: JSON.parse(readFileSync(join(folder, 'beeg_config.json'), 'utf8')) as NaiveModel['config'],
    weights,
  }
}

/** Logits at the last position; `see` gets every tap as [position][channel], after replacement. */
export function naiveLogits(
  model: NaiveModel,
  tokens: readonly number[],
  replace: Replace,
  see?: (tap: string, values: Vector[]) => void,
): Vector {
  const get = (name: string): Vector => model.weights.get(name)!.values
  const row = (name: string, i: number, width: number): Vector => get(name).slice(i * width, (i + 1) * width)
  const linear = (name: string, x: Vector): Vector =>
    get(`${name}.bias`).map(
      (b, o) => b + x.reduce((sum, v, i) => sum + v * get(`${name}.weight`)[o * x.length + i]!, 0),
    )
  const norm = (name: string, x: Vector): Vector => {
    const rms = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length + 1.1920928955078125e-7)
    return x.map((v, i) => (v / rms) * get(`${name}.weight`)[i]!)
  }
  const tap = (name: string, values: Vector[]): Vector[] => {
    const out = values.map((x) => x.map((v, i) => replace(name, i, v)))
    see?.(name, out)
    return out
  }
  const { n_head: heads, d_head: width, d_model: d } = model.config as Record<string, number>
  const channels = heads! * width!
  let x = tokens.map((token, t) =>
    row('transformer.wte.weight', token, d!).map((v, i) => v + row('transformer.wpe.weight', t, d!)[i]!),
  )
  for (let layer = 0; layer < Number(model.config['n_layer']); layer++) {
    const block = `transformer.h.${layer}`
    const read = tap(
      `${layer}.attn.act_in`,
      x.map((v) => norm(`${block}.ln_1`, v)),
    )
    const qkv = read.map((v) => linear(`${block}.attn.c_attn`, v))
    const [q, k, v] = ['q', 'k', 'v'].map((name, i) =>
      tap(
        `${layer}.attn.${name}`,
        qkv.map((all) => all.slice(i * channels, (i + 1) * channels)),
      ),
    ) as [Vector[], Vector[], Vector[]]
    const y = x.map((_, t) =>
      Array.from({ length: channels }, (_, c) => {
        const head = Math.floor(c / width!)
        const part = (vector: Vector): Vector => vector.slice(head * width!, (head + 1) * width!)
        const scores = k
          .slice(0, t + 1)
          .map((key) => part(q[t]!).reduce((sum, a, i) => sum + a * part(key)[i]!, 0) / Math.sqrt(width!))
        const sink = model.config['sink']
          ? get(`${block}.attn.attn_imp.sink_logit`)[head]!
          : Number.NEGATIVE_INFINITY
        const top = Math.max(...scores, sink)
        const total = scores.reduce((sum, s) => sum + Math.exp(s - top), Math.exp(sink - top))
        return scores.reduce((sum, s, key) => sum + (Math.exp(s - top) / total) * v[key]![c]!, 0)
      }),
    )
    const write = tap(
      `${layer}.attn.resid_delta`,
      y.map((a) => linear(`${block}.attn.c_proj`, a)),
    )
    x = x.map((stream, t) => stream.map((a, i) => a + write[t]![i]!))
    const mlpIn = tap(
      `${layer}.mlp.act_in`,
      x.map((a) => norm(`${block}.ln_2`, a)),
    )
    const hidden = tap(
      `${layer}.mlp.post_act`,
      mlpIn.map((a) => linear(`${block}.mlp.c_fc`, a).map((h) => Math.max(0, h))),
    )
    const out = tap(
      `${layer}.mlp.resid_delta`,
      hidden.map((a) => linear(`${block}.mlp.c_proj`, a)),
    )
    x = x.map((stream, t) => stream.map((a, i) => a + out[t]![i]!))
  }
  const final = norm('transformer.ln_f', x.at(-1)!)
  return get('final_logits_bias').map(
    (b, token) => b + final.reduce((sum, a, i) => sum + a * get('lm_head.weight')[token * d! + i]!, 0),
  )
}

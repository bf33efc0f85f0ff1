/**
 * DeepLIFT multipliers of q, k and v of one attention block. y = Σ α v and scores q·k are products, split in halves;
 * softmax is e_s times 1/Z, again a product, with exp and 1/Z by their secants.
 */
import type { AttentionTrace } from '../trace.js'

interface Shape {
  readonly positions: number
  readonly heads: number
  readonly dHead: number
  readonly sinks: Float64Array | null
}

type Two<T> = readonly [T, T]

/** `y` are the multipliers of what the heads write, [T, W]; frozen patterns carry nothing to q and k. */
export function attentionMultipliers(
  shape: Shape,
  traces: Two<AttentionTrace>,
  y: Float64Array,
  frozen: boolean,
): { readonly q: Float64Array; readonly k: Float64Array; readonly v: Float64Array } {
  const { positions, heads, dHead } = shape
  const width = heads * dHead
  const [a, b] = traces
  const out = { q: new Float64Array(y.length), k: new Float64Array(y.length), v: new Float64Array(y.length) }
  for (let h = 0; h < heads; h++) {
    const channels = Array.from({ length: dHead }, (_, c) => h * dHead + c)
    for (let t = 0; t < positions; t++) {
      const row = (h * positions + t) * positions
      const pattern = new Float64Array(t + 1)
      for (let s = 0; s <= t; s++) {
        const weight = (a.pattern[row + s]! + b.pattern[row + s]!) / 2
        for (const c of channels) {
          const written = y[t * width + c]!
          out.v[s * width + c] = out.v[s * width + c]! + weight * written
          pattern[s] = pattern[s]! + (written * (a.v[s * width + c]! + b.v[s * width + c]!)) / 2
        }
      }
      if (frozen) continue
      const scores = traces.map((trace) =>
        scoresOf(trace, t, channels, width),
      ) as unknown as Two<Float64Array>
      const slopes = softmaxMultipliers(scores, shape.sinks?.[h] ?? null, pattern)
      const scale = 1 / Math.sqrt(dHead)
      for (let s = 0; s <= t; s++) {
        const slope = (slopes[s]! * scale) / 2
        for (const c of channels) {
          const [query, key] = [t * width + c, s * width + c]
          out.q[query] = out.q[query]! + slope * (a.k[key]! + b.k[key]!)
          out.k[key] = out.k[key]! + slope * (a.q[query]! + b.q[query]!)
        }
      }
    }
  }
  return out
}

function scoresOf(
  { q, k }: AttentionTrace,
  t: number,
  channels: readonly number[],
  width: number,
): Float64Array {
  const scale = 1 / Math.sqrt(channels.length)
  return Float64Array.from({ length: t + 1 }, (_, s) =>
    channels.reduce((sum, c) => sum + q[t * width + c]! * k[s * width + c]! * scale, 0),
  )
}

/** Multipliers of the scores from those of the pattern; one shift serves both runs, so that exps compare. */
function softmaxMultipliers(
  [x, y]: Two<Float64Array>,
  sink: number | null,
  pattern: Float64Array,
): Float64Array {
  let top = sink ?? Number.NEGATIVE_INFINITY
  for (let s = 0; s < x.length; s++) top = Math.max(top, x[s]!, y[s]!)
  const none = sink === null ? 0 : Math.exp(sink - top)
  const [e, f] = [x, y].map((scores) =>
    scores.map((score) => Math.exp(score - top)),
  ) as unknown as Two<Float64Array>
  const [r, q] = [e, f].map(
    (exps) => 1 / exps.reduce((sum, value) => sum + value, none),
  ) as unknown as Two<number>
  const shared = pattern.reduce((sum, slope, s) => sum + (slope * (e[s]! + f[s]!)) / 2, 0)
  return pattern.map((slope, s) => {
    const change = x[s]! - y[s]!
    const secant = change === 0 ? e[s]! : (f[s]! * Math.expm1(change)) / change
    return ((slope * (r + q)) / 2 - shared * r * q) * secant
  })
}

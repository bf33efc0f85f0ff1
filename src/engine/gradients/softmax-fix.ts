/**
 * The q and k repair of attribution patching (AtP*, Kramár et al. 2024, §3.1): with one query or key channel replaced
 * the softmax of its head is computed anew, and the change of the pattern meets the gradient of the pattern,
 * Σ (α̃ − α) · ∂m/∂α. A saturated softmax no longer hides what an exchange of keys would do.
 */
import type { Trace } from '../trace.js'
import type { Bench } from './bench.js'

/** Terms [T, asked channels], by query position; null for a tap that is neither q nor k. */
export function softmaxFix(
  bench: Bench,
  trace: Trace,
  tap: string,
  channels: Uint32Array,
  replaced: Float64Array,
  gradients: ReadonlyMap<string, Float64Array>,
): Float64Array | null {
  const [, layer, role] = /^(\d+)\.attn\.([qk])$/.exec(tap) ?? []
  if (layer === undefined) return null
  const { q, k, pattern } = trace.attention[Number(layer)]!
  const slopes = gradients.get(`${layer}.attn.pattern`)!
  const { dHead, heads } = bench.model.config
  const positions = bench.positions
  const width = heads * dHead
  const sinks = bench.model.layers[Number(layer)]!.sinkLogit
  const scale = 1 / Math.sqrt(dHead)
  const terms = new Float64Array(positions * channels.length)
  const scores = new Float64Array(positions)
  channels.forEach((channel, i) => {
    const head = Math.trunc(channel / dHead)
    for (let t = 0; t < positions; t++) {
      for (let s = 0; s <= t; s++) {
        let score = 0
        for (let c = head * dHead; c < (head + 1) * dHead; c++) {
          const query = (role === 'q' && c === channel ? replaced : q)[t * width + c]!
          const key = (role === 'k' && c === channel ? replaced : k)[s * width + c]!
          score += query * key * scale
        }
        scores[s] = score
      }
      const row = (head * positions + t) * positions
      terms[t * channels.length + i] = patternChange(scores, t, sinks?.[head] ?? null, pattern, slopes, row)
    }
  })
  return terms
}

function patternChange(
  scores: Float64Array,
  t: number,
  sink: number | null,
  pattern: Float64Array,
  slopes: Float64Array,
  row: number,
): number {
  let top = sink ?? Number.NEGATIVE_INFINITY
  for (let s = 0; s <= t; s++) if (scores[s]! > top) top = scores[s]!
  let sum = sink === null ? 0 : Math.exp(sink - top)
  for (let s = 0; s <= t; s++) sum += Math.exp(scores[s]! - top)
  let change = 0
  for (let s = 0; s <= t; s++)
    change += (Math.exp(scores[s]! - top) / sum - pattern[row + s]!) * slopes[row + s]!
  return change
}

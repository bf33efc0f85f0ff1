/** The token that comes next, from one row of logits. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { logSumExp } from './log-softmax.js'

/**
 * Temperature 0: the largest logit, lowest id among equals. Else drawn with p ∝ exp(ℓ / temperature), by inversion in
 * the order of ids. The log-probability, nats, is that of the model as it is, temperature 1.
 */
export function nextToken(
  logits: Float64Array,
  temperature: number,
  random: RandomGenerator,
): { readonly token: number; readonly logProbability: number } {
  const token = temperature === 0 ? largest(logits) : drawn(logits, temperature, random)
  return { token, logProbability: logits[token]! - logSumExp(logits, 0, logits.length) }
}

function largest(logits: Float64Array): number {
  let best = 0
  for (let v = 1; v < logits.length; v++) if (logits[v]! > logits[best]!) best = v
  return best
}

function drawn(logits: Float64Array, temperature: number, random: RandomGenerator): number {
  const scaled = logits.map((logit) => logit / temperature)
  const sum = logSumExp(scaled, 0, scaled.length)
  let left = uniformFloat64(random)
  for (let v = 0; v < scaled.length; v++) {
    left -= Math.exp(scaled[v]! - sum)
    if (left < 0) return v
  }
  return largest(logits) // rounding left a crumb: no id is wrong by more than that
}

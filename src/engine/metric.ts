/**
 * Metrics of one prompt, from its logits [positions, vocabulary] (algorithms.md §0.5, B2). ℓ are the logits of the
 * last position, y the target, y′ the alternative.
 */
import { logSumExp, softplus } from './log-softmax.js'

export const METRICS = [
  'LOGIT_DIFFERENCE',
  'TASK_LOSS',
  'TARGET_PROBABILITY',
  'ACCURACY',
  'KL_DIVERGENCE',
] as const
export type MetricName = (typeof METRICS)[number]

export interface PromptCase {
  readonly tokens: readonly number[]
  /** Right next token at the last position; null: the prompt itself is predicted at every position. */
  readonly target: number | null
  /** The token it is weighed against; null: none. */
  readonly alternative: number | null
}

/**
 * Null where the metric is undefined for the prompt.
 * - LOGIT_DIFFERENCE: ℓ_y − ℓ_y′; needs both.
 * - TASK_LOSS, nats: with y and y′, −log p(y) over these two only; with y, cross entropy of the last position; with
 *   neither, mean cross entropy of tokens[1…] (undefined for one token).
 * - TARGET_PROBABILITY: p(y) over the whole vocabulary at the last position; needs y.
 * - ACCURACY, 0 … 1: with y and y′, is ℓ_y > ℓ_y′; with y, is y the first of the largest logits; with neither, the
 *   share of tokens[1…] so predicted.
 * - KL_DIVERGENCE, nats: KL(p_full ‖ p) of the last position where y is given, else the mean over positions.
 */
export function metricValue(
  metric: MetricName,
  prompt: PromptCase,
  logits: Float64Array,
  fullLogits: Float64Array,
  vocabulary: number,
): number | null {
  const { tokens, target, alternative } = prompt
  const last = (tokens.length - 1) * vocabulary
  switch (metric) {
    case 'LOGIT_DIFFERENCE':
      return target === null || alternative === null
        ? null
        : logits[last + target]! - logits[last + alternative]!
    case 'TASK_LOSS':
      if (target === null)
        return meanOverPredictions(prompt, (row, next) =>
          crossEntropy(logits, row * vocabulary, next, vocabulary),
        )
      if (alternative !== null) return softplus(logits[last + alternative]! - logits[last + target]!)
      return crossEntropy(logits, last, target, vocabulary)
    case 'TARGET_PROBABILITY':
      return target === null ? null : Math.exp(-crossEntropy(logits, last, target, vocabulary))
    case 'ACCURACY':
      if (target === null)
        return meanOverPredictions(prompt, (row, next) => hit(logits, row * vocabulary, next, vocabulary))
      if (alternative !== null) return logits[last + target]! > logits[last + alternative]! ? 1 : 0
      return hit(logits, last, target, vocabulary)
    case 'KL_DIVERGENCE': {
      if (target !== null) return divergence(fullLogits, logits, last, vocabulary)
      let sum = 0
      for (let t = 0; t < tokens.length; t++)
        sum += divergence(fullLogits, logits, t * vocabulary, vocabulary)
      return sum / tokens.length
    }
    default:
      return metric satisfies never
  }
}

/** Mean over positions 0 … T−2 of what `of` says about predicting the next token; null when there is none. */
function meanOverPredictions(prompt: PromptCase, of: (row: number, next: number) => number): number | null {
  const count = prompt.tokens.length - 1
  if (count === 0) return null
  let sum = 0
  for (let t = 0; t < count; t++) sum += of(t, prompt.tokens[t + 1]!)
  return sum / count
}

/** −log p(token), from the row that begins at `at`. */
function crossEntropy(logits: Float64Array, at: number, token: number, vocabulary: number): number {
  return logSumExp(logits, at, vocabulary) - logits[at + token]!
}

/** 1 when the token is the first of the largest logits. */
function hit(logits: Float64Array, at: number, token: number, vocabulary: number): number {
  let best = 0
  for (let v = 1; v < vocabulary; v++) if (logits[at + v]! > logits[at + best]!) best = v
  return best === token ? 1 : 0
}

/** Σ p (log p − log q); exactly 0 for equal rows. */
function divergence(p: Float64Array, q: Float64Array, at: number, vocabulary: number): number {
  const sumOfP = logSumExp(p, at, vocabulary)
  const sumOfQ = logSumExp(q, at, vocabulary)
  let sum = 0
  for (let v = at; v < at + vocabulary; v++) {
    const logP = p[v]! - sumOfP
    sum += Math.exp(logP) * (logP - (q[v]! - sumOfQ))
  }
  return sum
}

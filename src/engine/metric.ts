/**
 * Metrics of one prompt, from its logits [positions, vocabulary] (algorithms.md §0.5, B2). ℓ are the logits of the
 * last position, y the target, y′ the alternative: the metric's own where it names them, else the prompt's.
 */
import type { Metric, PromptCase } from '../domain/experiment/metric.js'
import { logSumExp, softplus } from './log-softmax.js'

/** The prompt with the tokens that the metric is taken for. */
export function measuredCase(metric: Metric, prompt: PromptCase): PromptCase {
  return metric.against === null ? prompt : { ...prompt, ...metric.against }
}

/**
 * NaN where the metric is undefined for the prompt.
 * - LOGIT_DIFFERENCE: ℓ_y − ℓ_y′; needs both.
 * - TASK_LOSS, nats: with y and y′, −log p(y) over these two only; with y, cross entropy of the last position; with
 *   neither, mean cross entropy of tokens[1…], or of the last token alone (undefined for one token).
 * - TARGET_PROBABILITY: p(y) over the whole vocabulary at the last position; needs y.
 * - ACCURACY, 0 … 1: with y and y′, is ℓ_y > ℓ_y′; with y, is y the first of the largest logits; with neither, the
 *   share of tokens[1…] so predicted, or the last token alone.
 * - KL_DIVERGENCE, nats: KL(p_full ‖ p) of the last position where y is given or that is asked for, else the mean
 *   over positions.
 */
export function metricValue(
  metric: Metric,
  prompt: PromptCase,
  logits: Float64Array,
  fullLogits: Float64Array,
  vocabulary: number,
): number {
  const measured = measuredCase(metric, prompt)
  const { tokens, target, alternative } = measured
  const last = (tokens.length - 1) * vocabulary
  switch (metric.name) {
    case 'LOGIT_DIFFERENCE':
      return target === null || alternative === null
        ? Number.NaN
        : logits[last + target]! - logits[last + alternative]!
    case 'TASK_LOSS':
      if (target === null)
        return meanOverPredictions(measured, (row, next) =>
          crossEntropy(logits, row * vocabulary, next, vocabulary),
        )
      if (alternative !== null) return softplus(logits[last + alternative]! - logits[last + target]!)
      return crossEntropy(logits, last, target, vocabulary)
    case 'TARGET_PROBABILITY':
      return target === null ? Number.NaN : Math.exp(-crossEntropy(logits, last, target, vocabulary))
    case 'ACCURACY':
      if (target === null)
        return meanOverPredictions(measured, (row, next) => hit(logits, row * vocabulary, next, vocabulary))
      if (alternative !== null) return logits[last + target]! > logits[last + alternative]! ? 1 : 0
      return hit(logits, last, target, vocabulary)
    case 'KL_DIVERGENCE': {
      const first = firstComparedRow(measured)
      let sum = 0
      for (let t = first; t < tokens.length; t++)
        sum += divergence(fullLogits, logits, t * vocabulary, vocabulary)
      return sum / (tokens.length - first)
    }
    default:
      return metric.name satisfies never
  }
}

/** The first row of logits that a metric of the prompt looks at. */
function firstMeasuredRow(metric: Metric, prompt: PromptCase): number {
  const measured = measuredCase(metric, prompt)
  if (metric.name === 'KL_DIVERGENCE') return firstComparedRow(measured)
  return measured.target === null ? firstPredictingRow(measured) : measured.tokens.length - 1
}

/** The first row that any of the metrics looks at. */
export function firstWantedRow(metrics: readonly Metric[], prompt: PromptCase): number {
  const rows = metrics.map((metric) => firstMeasuredRow(metric, prompt))
  return Math.max(0, Math.min(...rows, prompt.tokens.length - 1))
}

/** Rows from here on enter a comparison of whole distributions. */
export function firstComparedRow({ tokens, target, at }: PromptCase): number {
  return target !== null || at === 'LAST' ? tokens.length - 1 : 0
}

/** Rows [from, tokens − 1) predict the token after them where a prompt has no target of its own. */
export function firstPredictingRow({ tokens, at }: PromptCase): number {
  return at === 'LAST' ? Math.max(0, tokens.length - 2) : 0
}

/** Mean of what `of` says about predicting the next token; NaN when there is none. */
function meanOverPredictions(prompt: PromptCase, of: (row: number, next: number) => number): number {
  const first = firstPredictingRow(prompt)
  const count = prompt.tokens.length - 1 - first
  if (count === 0) return Number.NaN
  let sum = 0
  for (let t = first; t < first + count; t++) sum += of(t, prompt.tokens[t + 1]!)
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

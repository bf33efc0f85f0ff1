/** Gradients of the metrics of `metric.ts` with respect to the logits. */
import { InvalidInput } from '../domain/errors.js'
import type { Metric, PromptCase } from '../domain/experiment/metric.js'
import { logSumExp, sigmoid } from './log-softmax.js'
import { firstComparedRow, firstPredictingRow, measuredCase } from './metric.js'

/**
 * ∂metric/∂logits, [positions, vocabulary]; null where the metric is undefined for the prompt. Throws NOT_MEANINGFUL
 * for ACCURACY, whose gradient is 0 or undefined everywhere. `fullLogits` matters to KL_DIVERGENCE only.
 */
export function metricGradient(
  metric: Metric,
  prompt: PromptCase,
  logits: Float64Array,
  fullLogits: Float64Array,
  vocabulary: number,
): Float64Array | null {
  const measured = measuredCase(metric, prompt)
  const { tokens, target, alternative } = measured
  const last = (tokens.length - 1) * vocabulary
  const gradient = new Float64Array(logits.length)
  switch (metric.name) {
    case 'LOGIT_DIFFERENCE':
      if (target === null || alternative === null) return null
      gradient[last + target] = 1
      gradient[last + alternative] = -1
      return gradient
    case 'TASK_LOSS': {
      if (target === null) {
        const first = firstPredictingRow(measured)
        const count = tokens.length - 1 - first
        if (count === 0) return null
        for (let t = first; t < first + count; t++)
          addCrossEntropy(gradient, logits, t * vocabulary, tokens[t + 1]!, vocabulary, 1 / count)
        return gradient
      }
      if (alternative === null) {
        addCrossEntropy(gradient, logits, last, target, vocabulary, 1)
        return gradient
      }
      const wrong = sigmoid(logits[last + alternative]! - logits[last + target]!)
      gradient[last + target] = -wrong
      gradient[last + alternative] = wrong
      return gradient
    }
    case 'TARGET_PROBABILITY': {
      if (target === null) return null
      const probability = Math.exp(logits[last + target]! - logSumExp(logits, last, vocabulary))
      addCrossEntropy(gradient, logits, last, target, vocabulary, -probability)
      return gradient
    }
    case 'KL_DIVERGENCE': {
      const first = firstComparedRow(measured)
      for (let t = first; t < tokens.length; t++) {
        addProbabilities(gradient, logits, t * vocabulary, vocabulary, 1 / (tokens.length - first))
        addProbabilities(gradient, fullLogits, t * vocabulary, vocabulary, -1 / (tokens.length - first))
      }
      return gradient
    }
    case 'ACCURACY':
      throw new InvalidInput('NOT_MEANINGFUL', 'ACCURACY has no gradient: it is constant between its jumps', {
        path: 'input.metric',
        hint: 'use LOGIT_DIFFERENCE or TASK_LOSS, or ablate',
      })
    default:
      return metric.name satisfies never
  }
}

/** Adds factor · ∂(−log p(token))/∂logits = factor · (p − 1[token]). */
function addCrossEntropy(
  gradient: Float64Array,
  logits: Float64Array,
  at: number,
  token: number,
  vocabulary: number,
  factor: number,
): void {
  addProbabilities(gradient, logits, at, vocabulary, factor)
  gradient[at + token] = gradient[at + token]! - factor
}

function addProbabilities(
  gradient: Float64Array,
  logits: Float64Array,
  at: number,
  vocabulary: number,
  factor: number,
): void {
  const sum = logSumExp(logits, at, vocabulary)
  for (let v = at; v < at + vocabulary; v++) gradient[v] = gradient[v]! + factor * Math.exp(logits[v]! - sum)
}

/** What a run may be asked: tokens of the vocabulary, no longer than the block, metrics that exist. BAD_INPUT otherwise. */
import { InvalidInput } from '../domain/errors.js'
import type { Metric, PromptCase } from '../domain/experiment/metric.js'
import { METRICS } from '../domain/experiment/metric.js'
import type { ModelConfig } from '../domain/sparse-model-data.js'

export function checkTokens(config: ModelConfig, tokens: readonly number[]): void {
  if (tokens.length === 0) throw new InvalidInput('BAD_INPUT', 'a prompt has at least one token')
  if (tokens.length > config.blockSize) {
    throw new InvalidInput(
      'BAD_INPUT',
      `the prompt has ${tokens.length} tokens, the model reads at most ${config.blockSize}`,
    )
  }
  tokens.forEach((token, position) => {
    checkToken(config, token, `token ${token} at position ${position}`)
  })
}

export function checkPrompt(config: ModelConfig, prompt: PromptCase): void {
  checkTokens(config, prompt.tokens)
  const { target, alternative } = prompt
  if (target !== null) checkToken(config, target, `target ${target}`)
  if (alternative === null) return
  checkToken(config, alternative, `alternative ${alternative}`)
  if (target === null)
    throw new InvalidInput('BAD_INPUT', `alternative ${alternative} has no target to be weighed against`)
  if (target === alternative) throw new InvalidInput('BAD_INPUT', `target and alternative are both ${target}`)
}

export function checkMetric(config: ModelConfig, { name, against }: Metric): void {
  if (!(METRICS as readonly string[]).includes(name)) {
    throw new InvalidInput(
      'BAD_INPUT',
      `${JSON.stringify(name)} is not a metric; there are ${METRICS.join(', ')}`,
    )
  }
  if (against === null) return
  checkToken(config, against.target, `target ${against.target}`)
  checkToken(config, against.alternative, `alternative ${against.alternative}`)
  if (against.target === against.alternative)
    throw new InvalidInput('BAD_INPUT', `target and alternative are both ${against.target}`)
}

export function checkEpsilon(epsilon: number | undefined): void {
  if (epsilon !== undefined && !(epsilon >= 0 && epsilon < Number.POSITIVE_INFINITY)) {
    throw new InvalidInput('BAD_INPUT', `the norm's epsilon is ${epsilon}, expected a number from 0 on`)
  }
}

function checkToken(config: ModelConfig, token: number, what: string): void {
  if (!Number.isInteger(token) || token < 0 || token >= config.vocabSize) {
    throw new InvalidInput('BAD_INPUT', `${what} is not in the vocabulary of ${config.vocabSize}`)
  }
}

/** Throws NOT_MEANINGFUL for the margin of a cut through what is no number: AbsTopK would drop it unseen. */
export function checkMargin(margin: number): number {
  if (Number.isNaN(margin))
    throw new InvalidInput('NOT_MEANINGFUL', 'the run left the range of numbers before an AbsTopK')
  return margin
}

/** Throws NOT_MEANINGFUL when weights or replacements drove the run out of the range of doubles. */
export function checkFinite(logits: Float64Array): void {
  for (let i = 0; i < logits.length; i++) {
    const value = logits[i]!
    if (value - value !== 0)
      throw new InvalidInput('NOT_MEANINGFUL', `the run left the range of numbers: a logit is ${value}`)
  }
}

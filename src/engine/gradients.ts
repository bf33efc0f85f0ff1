/** Metric values with activations and gradients at asked-for taps: the raw material of gradient × activation. */
import { InvalidInput } from '../domain/errors.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { backward } from './backward.js'
import { checkEpsilon, checkMetric, checkPrompt } from './check-request.js'
import type { MetricName, PromptCase } from './metric.js'
import { metricValue } from './metric.js'
import { metricGradient } from './metric-gradient.js'
import type { Replacement } from './replacement.js'
import { replacementPlan } from './replacement.js'
import { marginAnswer, newRun } from './run.js'
import { checkFinite } from './run-forward.js'
import { forward } from './sparse-transformer.js'
import { ActivationTap } from './tap.js'
import { tapPlace } from './tap-names.js'
import { emptyTrace } from './trace.js'

export interface GradientRequest {
  readonly prompts: readonly PromptCase[]
  readonly metric: MetricName
  readonly taps: readonly string[]
  /** The run that is differentiated; default the model as it is. Gradients of replaced values are those of the value put in. */
  readonly replacements?: readonly Replacement[]
  readonly normEpsilon?: number
}

export interface GradientAnswer {
  /** One per prompt; [positions, channels] each. For a pattern, channels is the length of its one row [head, query, key]. */
  readonly prompts: readonly {
    readonly value: number
    readonly taps: readonly {
      readonly tap: string
      readonly channels: number
      readonly activations: Float64Array
      readonly gradients: Float64Array
    }[]
  }[]
  readonly smallestMargin: number | null
}

/**
 * Throws BAD_INPUT naming what the model does not have or a prompt for which the metric is undefined, NOT_MEANINGFUL
 * for ACCURACY and for KL_DIVERGENCE of the model from itself, whose gradient is 0 everywhere (algorithms.md C3).
 */
export function* gradients(model: PreparedModel, request: GradientRequest): Generator<void, GradientAnswer> {
  const { config } = model
  const { metric, taps, normEpsilon } = request
  checkMetric(metric)
  checkEpsilon(normEpsilon)
  for (const prompt of request.prompts) checkPrompt(config, prompt)
  for (const name of taps) tapPlace(config, name)
  const plan = replacementPlan(config, request.replacements ?? [])
  if (metric === 'KL_DIVERGENCE' && plan.size === 0) {
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'KL_DIVERGENCE of the model from itself is least at the clean point, so its gradient is 0 everywhere',
      {
        hint: 'use LOGIT_DIFFERENCE or TASK_LOSS, or ablate',
      },
    )
  }
  const margin = { smallest: Number.POSITIVE_INFINITY }
  const answers: GradientAnswer['prompts'][number][] = []
  for (const [p, prompt] of request.prompts.entries()) {
    const fullLogits =
      metric === 'KL_DIVERGENCE'
        ? yield* forward(newRun(model, prompt.tokens, new ActivationTap(new Map(), []), { normEpsilon }))
        : null
    const tap = new ActivationTap(plan, taps)
    const trace = emptyTrace()
    const run = newRun(model, prompt.tokens, tap, { normEpsilon, margin, trace })
    const logits = yield* forward(run)
    checkFinite(logits)
    const value = metricValue(metric, prompt, logits, fullLogits ?? logits, config.vocabSize)
    const gradient = metricGradient(metric, prompt, logits, fullLogits ?? logits, config.vocabSize)
    if (value === null || gradient === null) {
      throw new InvalidInput('BAD_INPUT', `${metric} is undefined for prompt ${p}: it has ${lack(prompt)}`)
    }
    const wanted = new Set(taps)
    const found = new Map<string, Float64Array>()
    yield* backward(run, trace, gradient, (name, values) => {
      if (wanted.has(name)) found.set(name, values.slice())
    })
    answers.push({
      value,
      taps: taps.map((name) => {
        const { width, values } = tap.recorded.get(name)!
        return { tap: name, channels: width, activations: values, gradients: found.get(name)! }
      }),
    })
  }
  return { prompts: answers, smallestMargin: marginAnswer(margin) }
}

function lack(prompt: PromptCase): string {
  if (prompt.target === null) return prompt.tokens.length === 1 ? 'one token and no target' : 'no target'
  return 'no alternative'
}

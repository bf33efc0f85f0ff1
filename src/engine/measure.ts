/**
 * Metrics of a model run in many ways over many prompts. A variant starts at the sublayer where it first differs from
 * the one before it (prefix reuse, algorithms.md B3.1): the same bits as from the start.
 */
import type { PreparedModel } from '../model/prepared-model.js'
import { checkEpsilon, checkMetric, checkPrompt } from './check-request.js'
import { Checkpoints } from './checkpoints.js'
import type { MetricName, PromptCase } from './metric.js'
import { metricValue } from './metric.js'
import type { Replacement, ReplacementPlan } from './replacement.js'
import { firstDifference, replacementPlan } from './replacement.js'
import { marginAnswer, newRun } from './run.js'
import { checkFinite } from './run-forward.js'
import { forward } from './sparse-transformer.js'
import { ActivationTap } from './tap.js'
import { Workspace } from './workspace.js'

export interface MeasureRequest {
  readonly prompts: readonly PromptCase[]
  readonly metrics: readonly MetricName[]
  /** Each variant is one way to run the model; an empty list is the model as it is. */
  readonly variants: readonly (readonly Replacement[])[]
  readonly normEpsilon?: number
}

export interface MeasureAnswer {
  /** values[variant][metric][prompt]; null where the metric is undefined for the prompt. */
  readonly values: readonly (readonly (readonly (number | null)[])[])[]
  /** Forward passes, those for the full model behind KL_DIVERGENCE included. */
  readonly evaluations: number
  readonly smallestMargin: number | null
}

const FULL_MODEL: ReplacementPlan = new Map()

/** Throws BAD_INPUT naming what the model does not have. `onProgress` counts forward passes. */
export function* measure(
  model: PreparedModel,
  request: MeasureRequest,
  onProgress?: (done: number, total: number) => void,
): Generator<void, MeasureAnswer> {
  const { prompts, metrics, normEpsilon } = request
  for (const prompt of prompts) checkPrompt(model.config, prompt)
  for (const metric of metrics) checkMetric(metric)
  checkEpsilon(normEpsilon)
  const plans = request.variants.map((variant) => replacementPlan(model.config, variant))
  const values = plans.map(() => metrics.map(() => prompts.map((): number | null => null)))
  const needsFull = metrics.includes('KL_DIVERGENCE')
  const total = prompts.length * (plans.length + (needsFull ? 1 : 0))
  const margin = { smallest: Number.POSITIVE_INFINITY }
  const workspace = new Workspace(false)
  let done = 0

  for (const [p, prompt] of prompts.entries()) {
    const checkpoints = new Checkpoints()
    let before: ReplacementPlan | null = null
    let fullLogits: Float64Array = new Float64Array(0)
    for (const [variant, plan] of needsFull
      ? [[-1, FULL_MODEL] as const, ...plans.entries()]
      : plans.entries()) {
      checkpoints.start =
        before === null ? 0 : clamp(firstDifference(model.config, before, plan), 2 * model.config.layers)
      const tap = new ActivationTap(plan, [])
      const logits: Float64Array = yield* forward(
        newRun(model, prompt.tokens, tap, { normEpsilon, margin, workspace, checkpoints }),
      )
      checkFinite(logits)
      before = plan
      done++
      onProgress?.(done, total)
      yield
      if (variant < 0) fullLogits = logits
      else {
        metrics.forEach((metric, m) => {
          values[variant]![m]![p] = metricValue(metric, prompt, logits, fullLogits, model.config.vocabSize)
        })
      }
    }
  }
  return { values, evaluations: done, smallestMargin: marginAnswer(margin) }
}

function clamp(sublayer: number, most: number): number {
  return Math.max(0, Math.min(sublayer, most))
}

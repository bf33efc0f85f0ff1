/**
 * Metrics of a model run in many ways over many prompts: every variant is answered with the bits of a run of its own
 * from the start, or by a compiled circuit (semantics.md §14).
 */
import type { Measurement, MeasurementAnswer } from '../domain/experiment/measurement.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { checkEpsilon, checkMetric, checkPrompt } from './check-request.js'
import { checkFill } from './fill-values.js'
import { planMeasurement } from './measurement-plan.js'
import { metricValue } from './metric.js'
import { measureOnPrompt, type VariantAnswer } from './prompt-measurement.js'
import { checkRowFill } from './row-fill.js'
import { Workspace } from './workspace.js'

/** Throws BAD_INPUT naming what the model does not have. `onProgress` counts forward passes. */
export function* measure(
  model: PreparedModel,
  request: Measurement,
  onProgress?: (done: number, total: number) => void,
): Generator<void, MeasurementAnswer> {
  const { prompts, metrics, fills, rows, normEpsilon } = request
  for (const prompt of prompts) checkPrompt(model.config, prompt)
  for (const metric of metrics) checkMetric(model.config, metric)
  for (const fill of fills) checkFill(fill)
  if (rows !== undefined) checkRowFill(model, rows)
  checkEpsilon(normEpsilon)
  const plan = planMeasurement(model, request)
  const total = prompts.length * plan.runs
  const values = new Float64Array(plan.plans.length * metrics.length * prompts.length)
  const margins = new Float64Array(plan.plans.length).fill(Number.POSITIVE_INFINITY)
  const spent = { extra: 0, spared: 0, compiled: 0 }
  let done = 0
  const onRun = (): void => onProgress?.(++done, total)
  const running = { normEpsilon, workspace: new Workspace(), onRun }

  for (const [p, prompt] of prompts.entries()) {
    const onAnswer = ({ variant, logits, margin, how, reference }: VariantAnswer): void => {
      metrics.forEach((metric, m) => {
        const place = (variant * metrics.length + m) * prompts.length + p
        values[place] = metricValue(metric, prompt, logits, reference, model.config.vocabSize)
      })
      margins[variant] = Math.min(margins[variant]!, margin)
      if (how === 'COMPILED') spent.compiled++
      if (how === 'SILENT') spent.spared++
      onRun()
    }
    spent.extra += yield* measureOnPrompt({ model, request, plan, p, running, onAnswer })
  }
  return { values, evaluations: total + spent.extra - spent.spared, margins, compiled: spent.compiled }
}

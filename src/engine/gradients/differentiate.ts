/** The metric of one run and its gradient with respect to every tap: forward with a trace, then backward. */
import { InvalidInput } from '../../domain/errors.js'
import type { Metric, PromptCase } from '../../domain/experiment/metric.js'
import type { PreparedModel } from '../../model/prepared-model.js'
import { backward, type GradientSink } from '../backward.js'
import { checkFinite } from '../check-request.js'
import { firstWantedRow, measuredCase, metricValue } from '../metric.js'
import { metricGradient } from '../metric-gradient.js'
import type { Run } from '../run.js'
import { newRun } from '../run.js'
import { forward } from '../sparse-transformer.js'
import type { Tap } from '../tap.js'
import { emptyTrace, type Trace } from '../trace.js'

export interface Traced {
  readonly run: Run
  readonly trace: Trace
  /** [T, V], filled where the metric looks */
  readonly logits: Float64Array
  /** Value of the metric. */
  readonly value: number
  /** ∂metric/∂logits, [T, V]. */
  readonly logitGradient: Float64Array
}

type More = Omit<NonNullable<Parameters<typeof newRun>[3]>, 'trace'> & {
  /** What KL is taken from; not needed by other metrics. */
  readonly fullLogits?: Float64Array
  /** Keep the values before AbsTopK as well? */
  readonly uncut?: boolean
  /** Keep the attention patterns? Default yes. */
  readonly keepsPatterns?: boolean
}

/** Throws BAD_INPUT for a prompt on which the metric is undefined, NOT_MEANINGFUL where it has no gradient. */
export function* traced(
  model: PreparedModel,
  prompt: PromptCase,
  metric: Metric,
  tap: Tap,
  { fullLogits, uncut, keepsPatterns, ...more }: More = {},
): Generator<void, Traced> {
  const trace = emptyTrace({ uncut, keepsPatterns })
  const firstRow = firstWantedRow([metric], prompt)
  const run = newRun(model, prompt.tokens, tap, { firstRow, skipsRows: true, ...more, trace })
  const logits = yield* forward(run)
  checkFinite(logits)
  const { vocabSize } = model.config
  const value = metricValue(metric, prompt, logits, fullLogits ?? logits, vocabSize)
  const logitGradient = metricGradient(metric, prompt, logits, fullLogits ?? logits, vocabSize)
  if (Number.isNaN(value) || logitGradient === null)
    throw new InvalidInput(
      'BAD_INPUT',
      `${metric.name} is undefined for the prompt ${JSON.stringify(prompt.tokens)}: it has ${lack(measuredCase(metric, prompt))}`,
    )
  return { run, trace, logits, value, logitGradient }
}

/** `traced`, and back through all of it. */
export function* differentiate(
  model: PreparedModel,
  prompt: PromptCase,
  metric: Metric,
  tap: Tap,
  sink: GradientSink,
  more: More = {},
): Generator<void, Traced> {
  const forth = yield* traced(model, prompt, metric, tap, {
    keepsPatterns: sink.skipsPatterns !== true,
    ...more,
  })
  yield* backward(forth.run, forth.trace, forth.logitGradient, sink)
  return forth
}

function lack(prompt: PromptCase): string {
  if (prompt.target === null) return prompt.tokens.length === 1 ? 'one token and no target' : 'no target'
  return 'no alternative'
}

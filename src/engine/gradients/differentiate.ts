/** The metric of one run and its gradient with respect to every tap: forward with a trace, then backward. */
import { InvalidInput } from '../../domain/errors.js'
import type { Metric, PromptCase } from '../../domain/experiment/metric.js'
import type { PreparedModel } from '../../model/prepared-model.js'
import { backward, type GradientSink } from '../backward.js'
import { checkFinite } from '../check-request.js'
import { measuredCase, metricValue } from '../metric.js'
import { metricGradient } from '../metric-gradient.js'
import type { Run } from '../run.js'
import { newRun } from '../run.js'
import { forward } from '../sparse-transformer.js'
import type { Tap } from '../tap.js'
import { emptyTrace, type Trace } from '../trace.js'

export interface Differentiated {
  readonly run: Run
  readonly trace: Trace
  /** Value of the metric. */
  readonly value: number
}

type More = Omit<NonNullable<Parameters<typeof newRun>[3]>, 'trace'> & {
  /** What KL is taken from; not needed by other metrics. */
  readonly fullLogits?: Float64Array
}

/** Throws BAD_INPUT for a prompt on which the metric is undefined, NOT_MEANINGFUL where it has no gradient. */
export function* differentiate(
  model: PreparedModel,
  prompt: PromptCase,
  metric: Metric,
  tap: Tap,
  sink: GradientSink,
  { fullLogits, ...more }: More = {},
): Generator<void, Differentiated> {
  const trace = emptyTrace()
  const run = newRun(model, prompt.tokens, tap, { ...more, trace })
  const logits = yield* forward(run)
  checkFinite(logits)
  const { vocabSize } = model.config
  const value = metricValue(metric, prompt, logits, fullLogits ?? logits, vocabSize)
  const gradient = metricGradient(metric, prompt, logits, fullLogits ?? logits, vocabSize)
  if (Number.isNaN(value) || gradient === null)
    throw new InvalidInput(
      'BAD_INPUT',
      `${metric.name} is undefined for the prompt ${JSON.stringify(prompt.tokens)}: it has ${lack(measuredCase(metric, prompt))}`,
    )
  yield* backward(run, trace, gradient, sink)
  return { run, trace, value }
}

function lack(prompt: PromptCase): string {
  if (prompt.target === null) return prompt.tokens.length === 1 ? 'one token and no target' : 'no target'
  return 'no alternative'
}

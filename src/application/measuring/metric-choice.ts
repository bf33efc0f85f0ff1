/** A metric as the engine knows it, from the words of a question, and which way it points (semantics.md §3). */
import { InvalidInput } from '../../domain/errors.js'
import type { Metric, MetricName } from '../../domain/experiment/metric.js'
import { parseDirection, printDirection } from '../../query/direction.js'
import type { MetricChoice } from '../questions.js'

export interface ChosenMetric {
  readonly name: string
  readonly metric: Metric
  /** importance = effect · sign; null for a free direction. */
  readonly sign: 1 | -1 | null
}

export const EFFECT_SIGN =
  'effect = metric(ablated) − metric(full); importance = effect · (+1 for loss and KL, −1 for logit difference, probability and accuracy): positive means the behaviour needs it'

/** +1 where more is worse (loss, KL), −1 where more is better. */
export function metricSign(metric: MetricName): 1 | -1 {
  switch (metric) {
    case 'TASK_LOSS':
    case 'KL_DIVERGENCE':
      return 1
    case 'LOGIT_DIFFERENCE':
    case 'TARGET_PROBABILITY':
    case 'ACCURACY':
      return -1
    default:
      return metric satisfies never
  }
}

export function chosenMetrics(choices: readonly MetricChoice[]): readonly ChosenMetric[] {
  if (choices.length === 0)
    throw new InvalidInput('BAD_INPUT', 'give at least one metric', { path: 'input.metrics' })
  return choices.map(chosenMetric)
}

/** A contrast of logits is a logit difference with its own two tokens; a single logit has no meaning of its own. */
export function chosenMetric(choice: MetricChoice): ChosenMetric {
  if (choice.kind === 'preset')
    return {
      name: choice.preset,
      metric: { name: choice.preset, against: null },
      sign: metricSign(choice.preset),
    }
  const direction = parseDirection(choice.direction)
  const [target, alternative] = [direction.plus, direction.minus].map((end) =>
    end?.site.kind === 'logit' && typeof end.site.token === 'number' ? end.site.token : null,
  )
  if (target == null || alternative == null) {
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `${printDirection(direction)} is not a contrast of two vocabulary ids`,
      {
        hint: 'a single logit depends on the gauge: a vector added to all rows changes no probability; write logit(5)-logit(7)',
      },
    )
  }
  return {
    name: printDirection(direction),
    metric: { name: 'LOGIT_DIFFERENCE', against: { target, alternative } },
    sign: null,
  }
}

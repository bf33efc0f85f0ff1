/** A metric as the engine knows it, from the words of a question, and which way it points (semantics.md §3). */
import { InvalidInput, standingAt } from '../../domain/errors.js'
import type { Metric, MetricName, PromptCase } from '../../domain/experiment/metric.js'
import { parseDirection, printDirection } from '../../query/direction.js'
import type { ModelStructure } from '../ports/model-library.js'
import type { MetricChoice } from '../questions.js'
import type { DataSet } from './data-set.js'
import { checkAlternative, checkToken } from './prompt-tokens.js'

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

export function chosenMetrics(
  choices: readonly MetricChoice[],
  data: DataSet,
  structure: ModelStructure,
): readonly ChosenMetric[] {
  if (choices.length === 0)
    throw new InvalidInput('BAD_INPUT', 'give at least one metric', { path: 'input.metrics' })
  return choices.map((choice, i) => chosenMetric(choice, data, structure, `input.metrics[${i}]`))
}

/**
 * A contrast of logits is a logit difference with its own two tokens; a single logit has no meaning of its own. Throws
 * BAD_INPUT for a metric that some prompt leaves undefined.
 */
export function chosenMetric(
  choice: MetricChoice,
  { cases }: DataSet,
  structure: ModelStructure,
  path: string,
): ChosenMetric {
  if (choice.kind === 'preset') {
    for (const [i, { prompt }] of cases.entries()) {
      const lack = lackOf(choice.preset, prompt)
      if (lack !== null)
        throw new InvalidInput(
          'BAD_INPUT',
          `${choice.preset} needs ${lack[0]}, and prompt ${i} has ${lack[1]}`,
          {
            path,
          },
        )
    }
    return {
      name: choice.preset,
      metric: { name: choice.preset, against: null },
      sign: metricSign(choice.preset),
    }
  }
  return contrast(choice.direction, structure, `${path}.direction`)
}

/** What a metric needs of a prompt and what the prompt lacks, in words; null where it is defined. */
function lackOf(
  metric: MetricName,
  { tokens, target, alternative }: PromptCase,
): readonly [string, string] | null {
  switch (metric) {
    case 'LOGIT_DIFFERENCE':
      if (target !== null && alternative !== null) return null
      return ['a target and an alternative', target === null ? 'no target' : 'no alternative']
    case 'TARGET_PROBABILITY':
      return target === null ? ['a target', 'none'] : null
    case 'TASK_LOSS':
    case 'ACCURACY':
      return target === null && tokens.length < 2 ? ['a target, or a prompt of two tokens', 'neither'] : null
    case 'KL_DIVERGENCE':
      return null
    default:
      return metric satisfies never
  }
}

function contrast(text: string, structure: ModelStructure, path: string): ChosenMetric {
  const direction = standingAt(path, () => parseDirection(text))
  const [target, alternative] = [direction.plus, direction.minus].map((end) =>
    end?.site.kind === 'logit' && typeof end.site.token === 'number' ? end.site.token : null,
  )
  if (target == null || alternative == null) {
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `${printDirection(direction)} is not a contrast of two vocabulary ids`,
      {
        path,
        hint: 'a single logit depends on the gauge: a vector added to all rows changes no probability; write logit(5)-logit(7)',
      },
    )
  }
  checkToken(target, structure, path)
  checkAlternative(alternative, target, structure, path)
  return {
    name: printDirection(direction),
    metric: { name: 'LOGIT_DIFFERENCE', against: { target, alternative } },
    sign: null,
  }
}

/** Which way each metric points (semantics.md §3). */
import type { MetricName } from './ports/model-runner.js'

/** +1 where more is worse (loss, KL), −1 where more is better; importance = effect · sign. */
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

export const EFFECT_SIGN =
  'effect = metric(ablated) − metric(full); importance = effect · (+1 for loss and KL, −1 for logit difference, probability and accuracy): positive means the behaviour needs it'

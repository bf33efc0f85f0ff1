import { describedEnum } from './described-enum.js'

export const PathRankEnum = describedEnum<
  'ABSOLUTE_PRODUCT' | 'MOST_POSITIVE' | 'MOST_NEGATIVE' | 'SHARE' | 'WEAKEST_SCORE'
>('PathRank', 'What makes a path strong. This is the order; nothing is sorted again.', {
  ABSOLUTE_PRODUCT: 'Largest absolute product of edge values (default on weights and derivatives).',
  MOST_POSITIVE: 'Largest signed product.',
  MOST_NEGATIVE: 'Smallest signed product.',
  SHARE:
    'Largest product of row-normalised absolute values: the share of the target’s input, 0…1 (default on attribution graphs).',
  WEAKEST_SCORE: 'Largest smallest abs(score) on the path (the only one on effect scores).',
})

export const AblationModeEnum = describedEnum<'REMOVE' | 'KEEP_ONLY'>(
  'AblationMode',
  'Which side of the target is replaced.',
  {
    REMOVE: 'The target is replaced: is it necessary?',
    KEEP_ONLY: 'Everything else that can be masked is replaced: is the target sufficient?',
  },
)

export const BackgroundEnum = describedEnum<'MODEL' | 'CIRCUIT'>(
  'Background',
  'In what the ablation takes place.',
  {
    MODEL: 'The whole model.',
    CIRCUIT: 'The circuit alone: everything outside it is replaced all the time.',
  },
)

export const ReplacementPresetEnum = describedEnum<'ZERO' | 'MEAN'>(
  'ReplacementPreset',
  'A replacement without settings.',
  {
    ZERO: 'Zero.',
    MEAN: 'Mean activation of the channel over all tokens of the model’s reference set, full model, after AbsTopK.',
  },
)

export const MetricPresetEnum = describedEnum<
  'LOGIT_DIFFERENCE' | 'TASK_LOSS' | 'KL_DIVERGENCE' | 'ACCURACY' | 'TARGET_PROBABILITY'
>('MetricPreset', 'A metric of behaviour on a prompt.', {
  LOGIT_DIFFERENCE: 'Logit of the target minus logit of the alternative (dimensionless).',
  TASK_LOSS:
    'Binary cross entropy of target against alternative where there is one, else cross entropy of the target, else mean next-token cross entropy; nats.',
  KL_DIVERGENCE: 'Divergence of the changed next-token distribution from the unchanged one, nats, from 0.',
  ACCURACY: '1 where the target beats the alternative (or every other token), else 0.',
  TARGET_PROBABILITY: 'Probability of the target token, 0…1.',
})

export const SweepPresetEnum = describedEnum<'TOGETHER' | 'EACH_NODE'>(
  'SweepPreset',
  'How the elements of a target are taken.',
  {
    TOGETHER: 'All at once: one result.',
    EACH_NODE: 'One after another, each alone: one row per node.',
  },
)

export const AttributionElementEnum = describedEnum<'NODES'>('AttributionElement', 'What gets a score.', {
  NODES: 'Every node.',
})

export const AttributionMethodPresetEnum = describedEnum<
  'GRADIENT_TIMES_ACTIVATION' | 'EXACT_ABLATION' | 'DIRECT_LOGIT'
>('AttributionMethodPreset', 'An attribution method without settings.', {
  GRADIENT_TIMES_ACTIVATION:
    '(replacement − activation) · ∂metric/∂activation, summed over positions: first-order estimate of replacing the node.',
  EXACT_ABLATION: 'The node is replaced and the model run again: one run per node.',
  DIRECT_LOGIT:
    'Attribution graphs: minus the direct edge from the node to the logits of the metric, a linear estimate of zeroing it.',
})

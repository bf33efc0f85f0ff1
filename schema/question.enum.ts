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
  'In what elements are replaced.',
  {
    MODEL: 'The whole model.',
    CIRCUIT: 'The circuit alone: everything outside it is replaced all the time.',
  },
)

export const ReplacementPresetEnum = describedEnum<
  'ZERO' | 'MEAN' | 'MEAN_PER_POSITION' | 'OPTIMAL_CONSTANT'
>('ReplacementPreset', 'A replacement without settings.', {
  ZERO: 'Zero.',
  MEAN: 'Mean activation of the channel over all tokens of the model’s reference set, full model, after AbsTopK.',
  MEAN_PER_POSITION:
    'Mean of the channel at the same position, over the beginnings of all reference sequences that are long enough.',
  OPTIMAL_CONSTANT:
    'One constant per channel, which together make the metric best over everything replaced; fitted on train examples for each metric and row, for nodes in ablations only.',
})

export const GateEnum = describedEnum<'LIVE' | 'FROZEN'>(
  'Gate',
  'How something that is computed from the whole stream behaves in a changed run.',
  {
    LIVE: 'Computed anew.',
    FROZEN: 'Held at what the unablated full model computes on the same prompt.',
  },
)

export const AblationDirectionEnum = describedEnum<'NOISING' | 'DENOISING'>(
  'AblationDirection',
  'Which member of a prompt pair is run.',
  {
    NOISING: 'The prompt itself; corrupt replacements come from its partner: is the target necessary?',
    DENOISING:
      'The partner; corrupt replacements come from the prompt, whose answer is still measured: is the target sufficient?',
  },
)

export const PairSidesEnum = describedEnum<'BOTH' | 'CLEAN'>(
  'PairSides',
  'Which members of a pair are measured.',
  {
    BOTH: 'Each with its own right answer, averaged; every reading gives both sides as well.',
    CLEAN: 'The clean one alone.',
  },
)

export const MeasuredAtEnum = describedEnum<'ALL' | 'LAST'>(
  'MeasuredAt',
  'Where prompts without a target are measured.',
  {
    ALL: 'Cross entropy of every token but the first, KL at every position; means over them.',
    LAST: 'The last token, or the last position, alone.',
  },
)

export const CumulativeOrderEnum = describedEnum<'FIRST_TO_LAST' | 'LAST_TO_FIRST'>(
  'CumulativeOrder',
  'From which end of a ranking elements join.',
  { FIRST_TO_LAST: 'Most important first.', LAST_TO_FIRST: 'Least important first.' },
)

export const QuadratureEnum = describedEnum<'MIDPOINT' | 'GAUSS_LEGENDRE'>(
  'Quadrature',
  'Where an integral is sampled.',
  {
    MIDPOINT: 'The middle of equal steps: exact on affine gradients, error O(n⁻²) on smooth ones.',
    GAUSS_LEGENDRE: 'The roots of a Legendre polynomial: exact on polynomials of degree 2n − 1.',
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

export const SweepPresetEnum = describedEnum<
  | 'TOGETHER'
  | 'EACH_NODE'
  | 'EACH_EDGE'
  | 'EACH_PATH'
  | 'EACH_PAIR'
  | 'EACH_HEAD'
  | 'EACH_LAYER'
  | 'EACH_POSITION'
  | 'EACH_LAYER_AND_POSITION'
>('SweepPreset', 'How the elements of a target are taken.', {
  TOGETHER: 'All at once: one result. For paths, together as they meet.',
  EACH_NODE: 'One after another, each alone: one row per node.',
  EACH_EDGE: 'One row per edge of the target, or per edge between its nodes.',
  EACH_PATH: 'One row per path of the target.',
  EACH_PAIR: 'One row per pair, with its interaction.',
  EACH_HEAD: 'One row per attention head: its q, k and v nodes together.',
  EACH_LAYER: 'One row per layer: all its nodes together.',
  EACH_POSITION: 'The whole target at one position after another; prompts of one length.',
  EACH_LAYER_AND_POSITION: 'One row per layer and position; prompts of one length.',
})

export const AblationElementKindEnum = describedEnum<
  'NODE' | 'EDGE' | 'PATH' | 'PAIR' | 'HEAD' | 'LAYER' | 'POSITION' | 'LAYER_AND_POSITION' | 'STEP'
>('AblationElementKind', 'What a row of a sweep stands for.', {
  NODE: 'One node.',
  EDGE: 'One edge.',
  PATH: 'One path.',
  PAIR: 'Two nodes or edges together.',
  HEAD: 'One attention head.',
  LAYER: 'One layer.',
  POSITION: 'The target at one position.',
  LAYER_AND_POSITION: 'One layer at one position.',
  STEP: 'The first so many of a ranking.',
})

export const PairSideEnum = describedEnum<'CLEAN' | 'CORRUPT'>('PairSide', 'A member of a prompt pair.', {
  CLEAN: 'The clean prompt.',
  CORRUPT: 'The corrupt prompt.',
})

export const AttributionElementEnum = describedEnum<'NODES' | 'EDGES' | 'TOKENS' | 'HEADS'>(
  'AttributionElement',
  'What gets a score.',
  {
    NODES: 'Every node.',
    EDGES: 'Every edge.',
    TOKENS:
      'Every input position: its embedding row and its bigram row together, the position itself fixed; by every method but those that score edges.',
    HEADS: 'Every attention head: its v nodes together.',
  },
)

export const AttributedKindEnum = describedEnum<'NODE' | 'EDGE' | 'TOKEN' | 'HEAD'>(
  'AttributedKind',
  'What a score belongs to.',
  { NODE: 'A node.', EDGE: 'An edge.', TOKEN: 'An input position.', HEAD: 'An attention head.' },
)

export const AttributionMethodPresetEnum = describedEnum<
  'GRADIENT_TIMES_ACTIVATION' | 'EDGE_ATTRIBUTION_PATCHING' | 'DIRECT_LOGIT' | 'DEEP_LIFT' | 'EXACT_ABLATION'
>('AttributionMethodPreset', 'An attribution method without settings.', {
  GRADIENT_TIMES_ACTIVATION:
    '(replacement − activation) · ∂metric/∂activation, summed over positions: first-order estimate of replacing the element.',
  EDGE_ATTRIBUTION_PATCHING:
    'Edges: (replacement − value of the source) · weight · ∂metric/∂pre-activation of the target, summed over positions.',
  DIRECT_LOGIT:
    'What an element writes straight to the logits of the metric, final norm held at the clean run; on graphs without a model minus its direct edge, a linear estimate.',
  DEEP_LIFT:
    'Multipliers Δoutput/Δinput between the run and a run from the baseline, through every operation, instead of gradients (rescale rule).',
  EXACT_ABLATION: 'The element is replaced and the model run again: one run per element.',
})

export const InterchangePromptsEnum = describedEnum<'OTHER_TEMPLATES' | 'OFF_DISTRIBUTION'>(
  'InterchangePrompts',
  'Prompts between which values of a circuit are exchanged.',
  {
    OTHER_TEMPLATES: 'A measured prompt receives values of one of another template, of the same length.',
    OFF_DISTRIBUTION:
      'Both are text that the task never shows: of the reference set, else the task’s tokens in any order.',
  },
)

export const VerdictEnum = describedEnum<'SUPPORTED' | 'UNSUPPORTED'>(
  'Verdict',
  'What a sceptic concludes.',
  {
    SUPPORTED:
      'The circuit does not beat its model, and the same search needs three times its size, or fails, wherever there is nothing to find.',
    UNSUPPORTED: 'Some of that is false, or was not measured.',
  },
)

export const ActivationOrderEnum = describedEnum<'TOP' | 'BOTTOM' | 'QUANTILE'>(
  'ActivationOrder',
  'Which places of a channel’s activations are shown.',
  {
    TOP: 'The largest values, one place per sequence; ties by sequence, then position.',
    BOTTOM: 'The smallest values, one place per sequence; ties by sequence, then position.',
    QUANTILE: 'Places at evenly spaced ranks from the smallest to the largest value of all tokens.',
  },
)

export const PartnerKindEnum = describedEnum<'WEIGHT' | 'RESIDUAL' | 'CONTROL'>(
  'PartnerKind',
  'How two channels of a model are linked.',
  {
    WEIGHT: 'A stored weight. Out of v it acts through the attention pattern.',
    RESIDUAL: 'One writes to the residual channel that the other reads.',
    CONTROL: 'A query or key decides from where a head’s value is taken; without a weight.',
  },
)

export const TokenSideEnum = describedEnum<'EMBEDDING' | 'UNEMBEDDING'>(
  'TokenSide',
  'At which end of the model tokens weigh on a residual channel.',
  {
    EMBEDDING: 'What the channel reads of a token’s embedding: gain of the norm · embedding.',
    UNEMBEDDING: 'What the channel says to a token’s logit: gain of the final norm · unembedding.',
  },
)

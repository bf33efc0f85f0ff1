import type { Port } from '../src/domain/address.js'
import type { EdgeKind } from '../src/domain/graph-data.js'
import { describedEnum } from './described-enum.js'

export const EdgeKindEnum = describedEnum<EdgeKind>('EdgeKind', 'What makes an edge.', {
  WEIGHT: 'A stored nonzero weight; the only kind that counts in a circuit’s size.',
  RESIDUAL:
    'A write to the residual stream and a later read of the same channel; implied, value by the norm’s gain.',
  CONTROL: 'A query or key that steers attention; implied, without a value.',
  EMBEDDING: 'From a token through its embedding row; implied.',
  UNEMBEDDING: 'To a logit through its unembedding row; implied.',
  BIGRAM: 'From a token to a logit through the bigram table; implied.',
  EFFECT: 'An edge of an attribution graph.',
  SCORE: 'An edge of a component graph.',
})

export const PortEnum = describedEnum<Port>('Port', 'Which input of an attention head an edge enters.', {
  Q: 'Queries.',
  K: 'Keys.',
  V: 'Values.',
})

export const EdgeOrderFieldEnum = describedEnum<'CANONICAL' | 'WEIGHT' | 'ABS_WEIGHT'>(
  'EdgeOrderField',
  'A property to order edges by; ties keep canonical order, unscored edges stand last both ways.',
  {
    CANONICAL: 'Canonical order of source, then target, then port.',
    WEIGHT: 'Signed weight.',
    ABS_WEIGHT: 'Absolute weight.',
  },
)

export const AttentionPolicyEnum = describedEnum<'OV_ONLY' | 'OV_AND_QK'>(
  'AttentionPolicy',
  'How a walk passes attention.',
  {
    OV_ONLY: 'Through values only: every step has a value, so products exist.',
    OV_AND_QK: 'Through values, and through queries and keys by control links, which have no value.',
  },
)

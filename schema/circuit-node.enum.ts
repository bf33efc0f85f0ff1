import type { NodeKind } from '../src/domain/graph-data.js'
import { describedEnum } from './described-enum.js'

export const NodeKindEnum = describedEnum<NodeKind>('NodeKind', 'What kind of thing a node is.', {
  CHANNEL: 'A channel at a tap of a sparse model: 3.attn.q[17], 0.mlp.post_act[2790].',
  STREAM: 'A channel of the residual stream or of attention’s output: 2.resid_in[5].',
  PATTERN: 'An attention weight: 1.attn.pattern(0,5,3).',
  EMBED: 'A channel of the token embedding: embed[83].',
  FINAL_RESID: 'A channel of the residual stream that the unembedding reads: final_resid[83].',
  TOKEN: 'A token of the prompt or vocabulary.',
  LOGIT: 'The logit of a vocabulary token.',
  FEATURE: 'A feature of a dictionary (transcoder, sparse autoencoder): feature(layer/index).',
  ERROR: 'What the dictionary misses at a layer.',
  BIAS: 'A bias term of a layer.',
  NEURON: 'A neuron of a dense model.',
  HEAD: 'An attention head.',
  COMPONENT: 'A part of another dictionary, by name and number.',
  TARGET: 'A virtual logit that the graph explains, by name.',
  GROUP: 'Several nodes under one name.',
  OTHER: 'A node that the file names and no form of ours fits.',
  MLP: 'A whole MLP.',
  INPUT: 'The input of a component graph.',
  LOGITS: 'The output of a component graph.',
  RMS: 'The root mean square that a norm divides by.',
})

export const TapEnum = describedEnum<'ACT_IN' | 'Q' | 'K' | 'V' | 'POST_ACT' | 'RESID_DELTA'>(
  'Tap',
  'A named activation site inside a block of a sparse model, in forward order.',
  {
    ACT_IN: 'What the block reads from the residual stream, after the norm.',
    Q: 'Queries (attention only).',
    K: 'Keys (attention only).',
    V: 'Values (attention only).',
    POST_ACT: 'Neurons after the activation function (MLP only).',
    RESID_DELTA: 'What the block writes to the residual stream.',
  },
)

export const BlockEnum = describedEnum<'ATTN' | 'MLP'>('Block', 'A half of a transformer layer.', {
  ATTN: 'Attention.',
  MLP: 'Multi-layer perceptron.',
})

export const NodeOrderFieldEnum = describedEnum<
  'CANONICAL' | 'ADDRESS' | 'LAYER' | 'POSITION' | 'INDEX' | 'ACTIVATION' | 'PROBABILITY' | 'LABEL'
>('NodeOrderField', 'A property to order nodes by; ties keep canonical order, null stands last both ways.', {
  CANONICAL: 'Canonical order: position, layer, block, tap, index.',
  ADDRESS: 'Address text by Unicode code point.',
  LAYER: 'Layer number.',
  POSITION: 'Token position.',
  INDEX: 'Index at the tap, or feature number.',
  ACTIVATION: 'Activation on the graph’s prompt, signed.',
  PROBABILITY: 'Probability of a logit’s token.',
  LABEL: 'Label text by Unicode code point.',
})

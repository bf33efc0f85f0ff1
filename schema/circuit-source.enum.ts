import type { CircuitSource } from '../src/domain/edge-meaning.js'
import { describedEnum } from './described-enum.js'

export const CircuitSourceEnum = describedEnum<CircuitSource>(
  'CircuitSource',
  'What a graph was cut from; it decides whether behaviour can be measured or only estimated.',
  {
    SPARSE_WEIGHTS:
      'Channels of a weight-sparse model and its nonzero weights between them: the model can be run, so behaviour is measured.',
    ATTRIBUTION_GRAPH:
      'Features, errors, tokens and logits of a replacement model on one prompt (circuit-tracer, Neuronpedia): behaviour is a linear estimate.',
    COMPONENT_GRAPH: 'Heads and MLPs with scored edges (EAP-IG, MIB).',
  },
)

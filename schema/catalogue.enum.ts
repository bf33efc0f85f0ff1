import { describedEnum } from './described-enum.js'

export const DirectionEnum = describedEnum<'ASC' | 'DESC'>('Direction', 'Direction of an order.', {
  ASC: 'Smallest first.',
  DESC: 'Largest first.',
})

export const CircuitOrderFieldEnum = describedEnum<
  'NAME' | 'CREATED_AT' | 'NODE_COUNT' | 'EDGE_COUNT' | 'ID'
>(
  'CircuitOrderField',
  'A property to order circuits by; the hash breaks every tie, null stands last both ways.',
  {
    NAME: 'First catalogue name.',
    CREATED_AT: 'When this store first took it in.',
    NODE_COUNT: 'Number of nodes.',
    EDGE_COUNT: 'Number of edges.',
    ID: 'Content hash.',
  },
)

export const ModelOrderFieldEnum = describedEnum<
  'NAME' | 'CREATED_AT' | 'PARAMETER_COUNT' | 'NONZERO_COUNT' | 'ID'
>(
  'ModelOrderField',
  'A property to order models by; the hash breaks every tie, null stands last both ways.',
  {
    NAME: 'First catalogue name.',
    CREATED_AT: 'When this store first took it in.',
    PARAMETER_COUNT: 'Number of parameters.',
    NONZERO_COUNT: 'Number of parameters that are not zero (L0).',
    ID: 'Content hash.',
  },
)

export const AnnotationKindEnum = describedEnum<'LABEL' | 'NOTE' | 'SUPERNODE' | 'PINS' | 'VIEW'>(
  'AnnotationKind',
  'What an annotation is for.',
  {
    LABEL: 'A name for a node.',
    NOTE: 'A remark.',
    SUPERNODE: 'Several nodes seen as one.',
    PINS: 'Nodes that a person pinned to the page.',
    VIEW: 'A saved view.',
  },
)

export const FindingSeverityEnum = describedEnum<'REPAIRED' | 'DROPPED' | 'AMBIGUOUS' | 'NOTE'>(
  'FindingSeverity',
  'What an import did about something it found in a file.',
  {
    REPAIRED: 'It was wrong and could be put right without a guess.',
    DROPPED: 'It was left out.',
    AMBIGUOUS: 'It can be read in several ways; the message says which was taken.',
    NOTE: 'Worth knowing, nothing was changed.',
  },
)

export const StoreKindEnum = describedEnum<'EMBEDDED' | 'NEO4J'>('StoreKind', 'Where the catalogue rests.', {
  EMBEDDED: 'SQLite inside this process.',
  NEO4J: 'A Neo4j database.',
})

export const CapabilityEnum = describedEnum<
  'RUN' | 'POSITIONS' | 'LOGIT_PROBABILITIES' | 'RESIDUAL_STREAM' | 'PRODUCTS' | 'LINEAR_ESTIMATE' | 'SCORES'
>('Capability', 'What can be asked of a graph.', {
  RUN: 'Its model is here and can be run: run, ablate and attribute measure.',
  POSITIONS: 'Its nodes stand at token positions.',
  LOGIT_PROBABILITIES: 'Its logits carry probabilities, so influence needs no start weights.',
  RESIDUAL_STREAM: 'It has a residual stream with implied links from writes to reads.',
  PRODUCTS: 'Edge values may be multiplied along paths.',
  LINEAR_ESTIMATE:
    'Ablation and attribution can be estimated by arithmetic on the graph (with allowEstimate).',
  SCORES: 'It came with named scores of its nodes.',
})

/**
 * Inputs of which exactly one member is given. type-graphql has no word for `@oneOf`, so the built schema is marked
 * from this list; every member of such an input is nullable and without a default (a test holds it).
 */
export const ONE_OF_INPUTS = [
  'AblationTarget',
  'AttributionMethod',
  'CircuitRef',
  'EdgeOrderBy',
  'EdgeSelector',
  'GraphExpression',
  'GraphRef',
  'InterventionChange',
  'MeasuredOn',
  'LongQuestion',
  'Metric',
  'ModelRef',
  'NodeOrderBy',
  'NodeSelector',
  'PathEnd',
  'PositionChoice',
  'PromptInput',
  'Replacement',
  'Strength',
  'Sweep',
  'TaskRef',
] as const

/** What an edge value means decides which arithmetic is allowed on a graph (semantics.md §1). */
export const EDGE_MEANINGS = [
  'WEIGHT',
  'DERIVATIVE',
  'SCALED_CONTRIBUTION',
  'EFFECT_SCORE',
  'UNSIGNED_IMPORTANCE',
] as const
export type EdgeMeaning = (typeof EDGE_MEANINGS)[number]

/** What a circuit was cut from. */
export const CIRCUIT_SOURCES = ['SPARSE_WEIGHTS', 'ATTRIBUTION_GRAPH', 'COMPONENT_GRAPH'] as const
export type CircuitSource = (typeof CIRCUIT_SOURCES)[number]

/** On which graph a question was answered (algorithms.md §0.4). */
export const LEVELS = ['WEIGHTS', 'PROMPT', 'ATTRIBUTION', 'COMPONENTS'] as const
export type Level = (typeof LEVELS)[number]

/** How an answer knows: a fact of the stored graph, linear arithmetic on it, or a run of the model. */
export const BASES = ['STRUCTURE', 'GRAPH_ESTIMATE', 'MEASURED_RUN'] as const
export type Basis = (typeof BASES)[number]

export function levelOf({
  source,
  edgeMeaning,
}: {
  readonly source: CircuitSource
  readonly edgeMeaning: EdgeMeaning
}): Level {
  if (edgeMeaning === 'DERIVATIVE' && source === 'SPARSE_WEIGHTS') return 'PROMPT'
  return source === 'SPARSE_WEIGHTS'
    ? 'WEIGHTS'
    : source === 'ATTRIBUTION_GRAPH'
      ? 'ATTRIBUTION'
      : 'COMPONENTS'
}

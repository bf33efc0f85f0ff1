/** What is measured on a run, and on which prompt (algorithms.md B2). */

export const METRICS = [
  'LOGIT_DIFFERENCE',
  'TASK_LOSS',
  'TARGET_PROBABILITY',
  'ACCURACY',
  'KL_DIVERGENCE',
] as const
export type MetricName = (typeof METRICS)[number]

export interface Metric {
  readonly name: MetricName
  /** Tokens that stand in for every prompt's own target and alternative: a free direction. Null: the prompt's own. */
  readonly against: { readonly target: number; readonly alternative: number } | null
}

export interface PromptCase {
  readonly tokens: readonly number[]
  /** Right next token at the last position; null: the prompt itself is predicted at every position. */
  readonly target: number | null
  /** The token it is weighed against; null: none. */
  readonly alternative: number | null
  /** Where cross entropy, accuracy and KL are taken; a prompt with a target is always taken at its last position. */
  readonly at: 'LAST' | 'ALL'
}

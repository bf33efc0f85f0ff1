/** What stands in place of the rows that a token looks up, as plain data that travels to worker threads. */

/** Embedding row and bigram row together, positions fixed (semantics.md §7). */
export type RowFill =
  /** In every place of both rows; 0 takes the token out. */
  | { readonly kind: 'CONSTANT'; readonly value: number }
  /** The rows of these tokens, one sequence per prompt and as long as it. */
  | { readonly kind: 'FROM_PROMPTS'; readonly prompts: readonly (readonly number[])[] }
  /** Mean rows: one mixture for every position, or one per position and prompts no longer than that. */
  | { readonly kind: 'MIXED'; readonly mixtures: readonly TokenMixture[] }

/** Tokens and the share of each; shares add up to 1. */
export interface TokenMixture {
  readonly tokens: Uint32Array
  readonly shares: Float64Array
}

/**
 * What frozen gates hold fast (semantics.md §4): norm moments, attention patterns and AbsTopK choices of the unablated
 * model on the same prompt. A gate that is live is null.
 */
import type { Gates } from '../domain/experiment/measurement.js'
import type { ModelConfig } from '../domain/sparse-model-data.js'
import type { Moments, NormKind } from './norm.js'
import { momentsOf } from './norm.js'
import type { Kept, Trace } from './trace.js'

export interface FrozenGates {
  /** By the sublayer that reads: 2·layer, 2·layer + 1; 2·layers for the final norm. */
  readonly norms: readonly Moments[] | null
  /** By layer, [heads, query, key] each. */
  readonly patterns: readonly Float64Array[] | null
  /** By site inside each layer; null where the site has no AbsTopK. */
  readonly kept: readonly KeptSites[] | null
}

export interface KeptSites {
  readonly attn_in: Kept
  readonly attn_q: Kept
  readonly attn_k: Kept
  readonly attn_v: Kept
  readonly attn_out: Kept
  readonly resid_post_attn: Kept
  readonly mlp_in: Kept
  readonly mlp_neuron: Kept
  readonly mlp_out: Kept
  readonly resid_post_mlp: Kept
}

/** Of a traced run of the unablated model; null where every gate is live. */
export function frozenGates(
  gates: Gates,
  config: ModelConfig,
  norm: NormKind,
  trace: Trace,
): FrozenGates | null {
  const { norms, attention, topK } = gates
  if (norms === 'LIVE' && attention === 'LIVE' && topK === 'LIVE') return null
  const moments = (stream: Float64Array): Moments => momentsOf(norm, stream, config.dModel)
  return {
    norms:
      norms === 'LIVE'
        ? null
        : [
            ...trace.attention.flatMap(({ residIn }, i) => [
              moments(residIn),
              moments(trace.mlp[i]!.residMid),
            ]),
            moments(trace.finalResid),
          ],
    patterns: attention === 'LIVE' ? null : trace.attention.map(({ pattern }) => pattern),
    kept:
      topK === 'LIVE'
        ? null
        : trace.attention.map((attn, i) => {
            const mlp = trace.mlp[i]!
            return {
              attn_in: attn.actInKept,
              attn_q: attn.qKept,
              attn_k: attn.kKept,
              attn_v: attn.vKept,
              attn_out: attn.deltaKept,
              resid_post_attn: attn.after.kept,
              mlp_in: mlp.actInKept,
              mlp_neuron: mlp.postActKept,
              mlp_out: mlp.deltaKept,
              resid_post_mlp: mlp.after.kept,
            }
          }),
  }
}

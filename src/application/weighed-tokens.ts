/**
 * Tokens that a residual channel has most to do with: what a read sees of embeddings, γ_c · E[token, c], or what a
 * write says to the logits, γ_f[c] · U[token, c] (semantics.md §8). Facts about weights; what lies between is left out.
 */
import { InvalidInput } from '../domain/errors.js'
import type { CircuitNode } from '../domain/graph-data.js'
import { beginAnswer } from './answer-base.js'
import type { TokensAnswer } from './answers.js'
import { modelChannel } from './measuring/model-channel.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { OpenGraph } from './use-cases.js'

export async function weighedTokens(
  open: OpenGraph,
  node: CircuitNode,
  deps: { readonly library: ModelLibrary; readonly clock: Clock },
): Promise<TokensAnswer> {
  const finish = beginAnswer(open, { ask: 'tokens', node: node.address }, deps.clock)
  const { structure, tap, index, modelId } = await modelChannel(open, node, 'tokens', deps.library)
  const gain = tap.endsWith('.act_in') ? structure.gain(tap, index) : null
  const writes = tap === 'embed' || tap === 'final_resid' || tap.endsWith('.resid_delta')
  if (gain === null && !writes)
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `${node.address} is not a channel of the residual stream, so that no token weighs on it directly`,
      { hint: 'ask its reads or writes, then their tokens' },
    )
  const column = gain === null ? structure.unembeddingOf(index) : structure.embeddingOf(index)
  const rows = Array.from(column, (value, id) => ({
    id,
    text: structure.tokenText(id),
    weight: gain === null ? value : gain * value,
  }))
  return {
    ...finish({ modelId }),
    side: gain === null ? 'UNEMBEDDING' : 'EMBEDDING',
    tokens: rows
      .filter(({ weight }) => weight !== 0)
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.id - b.id),
  }
}

/** Links from tokens to logits by the bigram table: what the one token adds to the other's logit when it stands before it. */
import { LimitExceeded } from '../domain/errors.js'
import { EDGE_KINDS } from '../domain/graph-data.js'
import type { Link } from './residual-chain.js'

const MOST_BIGRAMS = 1_000_000
const BIGRAM = EDGE_KINDS.indexOf('BIGRAM')

/** An attached end: its place among the ends, and its node. */
interface PlacedEnd {
  readonly kind: 'token' | 'logit'
  readonly end: number
  readonly node: number
}

/** Entries of 0 have no link. Throws COST_EXCEEDED for more pairs than a question may look at. */
export function bigramLinks(
  ends: readonly PlacedEnd[],
  bigramOf: (token: number, logit: number) => number,
): readonly Link[] {
  const tokens = ends.filter(({ kind }) => kind === 'token')
  const logits = ends.filter(({ kind }) => kind === 'logit')
  if (tokens.length * logits.length > MOST_BIGRAMS)
    throw new LimitExceeded(
      `${tokens.length} tokens and ${logits.length} logits come to more than ${MOST_BIGRAMS} bigrams`,
      { path: 'links.bigram', hint: 'ask for fewer tokens or logits' },
      'COST_EXCEEDED',
    )
  const links: Link[] = []
  for (const token of tokens) {
    for (const logit of logits) {
      const value = bigramOf(token.end, logit.end)
      if (value !== 0) links.push({ source: token.node, target: logit.node, value, kind: BIGRAM })
    }
  }
  return links
}

/** The logits that an unrolled graph ends in. */
import { InvalidInput } from '../../domain/errors.js'

const MOST_PROBABLE = 10

export interface LogitEnd {
  readonly token: number
  readonly logit: number
  /** Softmax over the whole vocabulary. */
  readonly probability: number
}

/** Of one row of logits: those asked for, in ascending order of tokens, or the most probable. Throws BAD_INPUT. */
export function endsOf(logits: Float64Array, wanted: readonly number[] | null): readonly LogitEnd[] {
  const bad = wanted?.find((token) => !Number.isInteger(token) || token < 0 || token >= logits.length)
  if (bad !== undefined)
    throw new InvalidInput('BAD_INPUT', `the vocabulary has tokens 0 to ${logits.length - 1}, not ${bad}`, {
      path: 'unroll.logits',
    })
  if (wanted?.length === 0)
    throw new InvalidInput('BAD_INPUT', 'an unrolled graph ends in at least one logit', {
      path: 'unroll.logits',
    })
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0)
  const every = Array.from(logits, (_, token) => token)
  const tokens = wanted ?? every.sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, MOST_PROBABLE)
  return [...new Set(tokens)]
    .sort((a, b) => a - b)
    .map((token) => ({
      token,
      logit: logits[token]!,
      probability: Math.exp(logits[token]! - top) / total,
    }))
}

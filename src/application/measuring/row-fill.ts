/** What a named replacement puts in place of a token's rows (semantics.md §7): the same text stands behind both. */
import type { RowFill, TokenMixture } from '../../domain/experiment/row-fill.js'
import type { NamedFill } from './fills.js'

/** Means of rows are means over the tokens whose activations the replacement is the mean of. */
export function rowFill({ fill, sequences }: NamedFill): RowFill {
  switch (fill.kind) {
    case 'CONSTANT':
    case 'FROM_PROMPTS':
      return fill
    case 'PER_CHANNEL':
      return { kind: 'MIXED', mixtures: [mixtureOf(sequences.flat())] }
    case 'PER_POSITION':
      return {
        kind: 'MIXED',
        mixtures: Array.from({ length: fill.positions }, (_, t) =>
          mixtureOf(sequences.map((sequence) => sequence[t]!)),
        ),
      }
    default:
      return fill satisfies never
  }
}

/** Every token with its share of the text, by id. */
function mixtureOf(text: readonly number[]): TokenMixture {
  const counts = new Map<number, number>()
  for (const token of text) counts.set(token, (counts.get(token) ?? 0) + 1)
  const tokens = Uint32Array.from(counts.keys()).sort()
  return { tokens, shares: Float64Array.from(tokens, (token) => counts.get(token)! / text.length) }
}

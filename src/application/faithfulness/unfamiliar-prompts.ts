/** Prompts that a task never shows: reference text of the same length, or the task's own tokens in any order. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { MeasuredCase } from '../measuring/data-set.js'
import { drawnSequences } from '../measuring/drawn-sequences.js'
import type { InterchangePair, InterchangeSetting } from './interchange-runs.js'

/** Seeds are set apart, so that recipients and sources are drawn independently. */
const APART = 7_919

/** A recipient and a source for each case, as long as its prompt and with its two answers. */
export function unfamiliarPrompts(
  cases: readonly MeasuredCase[],
  { data, referenceSet, seed }: Pick<InterchangeSetting, 'data' | 'referenceSet' | 'seed'>,
): { readonly pairs: readonly InterchangePair[]; readonly origin: string } {
  const lengths = cases.map(({ prompt }) => prompt.tokens.length)
  const longest = Math.max(...lengths)
  const sequences = referenceSet?.sequences ?? []
  const isText = sequences.some(({ length }) => length >= longest)
  const pool = data.cases.flatMap(({ prompt }) => [...prompt.tokens])
  const drawn = (own: number): readonly (readonly number[])[] => {
    if (isText) return drawnSequences(sequences, lengths, own)
    const random = xoroshiro128plus(own)
    return lengths.map((length) =>
      Array.from({ length }, () => pool[uniformInt(random, 0, pool.length - 1)]!),
    )
  }
  const [recipients, sources] = [drawn(seed), drawn(seed + APART)]
  return {
    pairs: cases.map((measured, i) => ({
      place: data.cases.indexOf(measured),
      recipient: { ...measured.prompt, tokens: recipients[i]! },
      source: sources[i]!,
    })),
    origin: isText
      ? 'drawn from the reference text of the model, both of them'
      : 'tokens of the measured prompts drawn in any order, both of them',
  }
}

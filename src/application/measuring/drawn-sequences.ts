/** Sequences drawn from a set, one per prompt: what a channel is resampled from (algorithms.md B1). */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { InvalidInput } from '../../domain/errors.js'

/** For each length the beginning of a sequence at least as long, drawn evenly and with replacement. */
export function drawnSequences(
  sequences: readonly (readonly number[])[],
  lengths: readonly number[],
  seed: number,
): readonly (readonly number[])[] {
  const random = xoroshiro128plus(seed)
  return lengths.map((length) => {
    const fitting = sequences.filter((sequence) => sequence.length >= length)
    if (fitting.length === 0)
      throw new InvalidInput(
        'NOT_MEANINGFUL',
        `no sequence of the reference set is as long as a prompt of ${length} tokens`,
      )
    return fitting[uniformInt(random, 0, fitting.length - 1)]!.slice(0, length)
  })
}

/** Random halves of a set of channels, each channel in or out by the toss of a coin. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { ChannelSet } from '../../domain/experiment/channel-set.js'

/** Seeds are set apart, so that halves of a circuit and of its complement are independent. */
const APART = 7_919

export function halfSubsets(channels: ChannelSet, draws: number, seed: number): readonly ChannelSet[] {
  const random = xoroshiro128plus(seed)
  return Array.from(
    { length: draws },
    () =>
      new Map(
        Array.from(channels, ([tap, indices]) => [tap, indices.filter(() => uniformInt(random, 0, 1) === 1)]),
      ),
  )
}

export function complementSubsets(
  complement: ChannelSet,
  draws: number,
  seed: number,
): readonly ChannelSet[] {
  return halfSubsets(complement, draws, seed + APART)
}

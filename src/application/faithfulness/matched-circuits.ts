/**
 * Random circuits of the same size, matched by site, aliveness and degree (semantics.md §6): for each kept channel
 * another one of its site is drawn among the channels that have weights, from those of about the same degree.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import type { GraphData } from '../../domain/graph-data.js'
import { tapOfSite } from '../measuring/channel-mask.js'

/** Degree (stored weights in and out) of every channel of a model's graph by tap; 0 is dead. */
export type ChannelDegrees = ReadonlyMap<string, Uint32Array>

export function channelDegrees(model: GraphData, widths: ReadonlyMap<string, number>): ChannelDegrees {
  const degrees = new Map(Array.from(widths, ([tap, width]) => [tap, new Uint32Array(width)]))
  const places = model.nodes.map(({ place }) => tapOfSite(place.site))
  const { source, target, count } = model.edges
  for (let e = 0; e < count; e++) {
    for (const end of [source[e]!, target[e]!]) {
      const place = places[end]
      const own = place == null ? undefined : degrees.get(place.tap)
      if (own !== undefined) own[place!.index] = own[place!.index]! + 1
    }
  }
  return degrees
}

/** `draws` circuits. A site whose live channels are all kept comes back as it is. */
export function matchedCircuits(
  circuit: ChannelSet,
  degrees: ChannelDegrees,
  draws: number,
  seed: number,
): readonly ChannelSet[] {
  const random = xoroshiro128plus(seed)
  return Array.from(
    { length: draws },
    () =>
      new Map(
        Array.from(circuit, ([tap, kept]) => [
          tap,
          drawnLike(kept, degrees.get(tap) ?? new Uint32Array(0), random),
        ]),
      ),
  )
}

function drawnLike(kept: Uint32Array, degrees: Uint32Array, random: RandomGenerator): Uint32Array {
  // Twice the degree is another class; a channel without weights is replaced by another one without.
  const classOf = (channel: number): number => Math.ceil(Math.log2((degrees[channel] ?? 0) + 1))
  const free = new Map<number, number[]>()
  for (let channel = 0; channel < degrees.length; channel++) {
    const own = free.get(classOf(channel))
    if (own === undefined) free.set(classOf(channel), [channel])
    else own.push(channel)
  }
  const drawn = Array.from(kept, (channel) => {
    const wanted = classOf(channel)
    const nearest = [...free.keys()]
      .filter((key) => free.get(key)!.length > 0 && (key === 0) === (wanted === 0))
      .sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted) || a - b)[0]
    const pool =
      nearest === undefined ? [...free.values()].find((own) => own.length > 0)! : free.get(nearest)!
    return pool.splice(uniformInt(random, 0, pool.length - 1), 1)[0]!
  })
  return Uint32Array.from(drawn).sort()
}

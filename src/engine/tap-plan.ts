/**
 * Which channels of each tap a variant replaces, from the tables of a measurement, so that equal plans of different
 * variants have one number: the beginnings that variants share are found by comparing numbers.
 */
import { InvalidInput } from '../domain/errors.js'
import type { ChannelSet } from '../domain/experiment/channel-set.js'
import type { Measurement, Variant } from '../domain/experiment/measurement.js'
import type { ModelConfig } from '../domain/sparse-model-data.js'
import { linkReach } from './link-plan.js'
import { tapPlace, tapPlaces } from './tap-names.js'

/** Channels replaced together at one tap. */
export interface TapPart {
  readonly channels: Uint32Array
  /** Into the measurement's position choices; null for all. */
  readonly positions: number | null
}

export interface VariantPlan {
  readonly fill: number
  readonly taps: ReadonlyMap<string, readonly TapPart[]>
  /** Positions whose tokens' rows are replaced, ascending. */
  readonly moved: readonly number[]
  /** One number per sublayer, from the embedding (0) to the final residual; equal numbers mean equal plans. */
  readonly keys: Uint32Array
  /** Into the measurement's link sets. */
  readonly links: readonly number[]
  /** A run has to begin at this sublayer or before: a changed residual link must see what was written. */
  readonly latestStart: number
}

type Tables = Pick<
  Measurement,
  'universe' | 'sets' | 'linkSets' | 'variants' | 'positions' | 'fills' | 'rows'
>

/** Throws BAD_INPUT naming a tap, channel or table place that does not exist. */
export function variantPlans(config: ModelConfig, tables: Tables): readonly VariantPlan[] {
  checkChannels(config, tables.universe)
  for (const { channels } of tables.sets) checkChannels(config, channels)
  const resolve = tapChannels(tables)
  const numbers = new Map<string, number>()
  const number = (text: string): number => {
    const known = numbers.get(text)
    if (known !== undefined) return known
    numbers.set(text, numbers.size + 1)
    return numbers.size
  }
  return tables.variants.map((variant, v) => planOf(config, tables, variant, v, resolve, number))
}

function planOf(
  config: ModelConfig,
  tables: Tables,
  variant: Variant,
  v: number,
  resolve: (set: number, tap: string) => { readonly id: number; readonly channels: Uint32Array } | null,
  number: (text: string) => number,
): VariantPlan {
  for (const { set, positions } of variant.replaced) {
    if (tables.sets[set] === undefined)
      throw new InvalidInput('BAD_INPUT', `variant ${v} names set ${set}, there are ${tables.sets.length}`)
    if (positions !== null && tables.positions[positions] === undefined)
      throw new InvalidInput('BAD_INPUT', `variant ${v} names positions ${positions}, which are not given`)
  }
  for (const set of variant.links)
    if (tables.linkSets[set] === undefined)
      throw new InvalidInput(
        'BAD_INPUT',
        `variant ${v} names link set ${set}, there are ${tables.linkSets.length}`,
      )
  if (variant.replaced.length + variant.links.length > 0 && tables.fills[variant.fill] === undefined)
    throw new InvalidInput('BAD_INPUT', `variant ${v} names fill ${variant.fill}, which is not given`)
  const moved = movedPositions(variant, v, tables)
  const taps = new Map<string, readonly TapPart[]>()
  const texts: string[][] = Array.from({ length: 2 * config.layers + 2 }, () => [])
  for (const [tap, { sublayer }] of tapPlaces(config)) {
    const parts: TapPart[] = []
    const names: string[] = []
    for (const { set, positions } of variant.replaced) {
      const found = resolve(set, tap)
      if (found === null) continue
      parts.push({ channels: found.channels, positions })
      names.push(`${found.id}@${positions ?? ''}`)
    }
    if (parts.length === 0) continue
    taps.set(tap, parts)
    texts[sublayer + 1]!.push(`${tap}:${[...new Set(names)].sort().join()}`)
  }
  if (moved.length > 0) texts[0]!.push(`rows ${moved.join()}`)
  let latestStart = 2 * config.layers
  for (const set of variant.links) {
    const { reader, writer } = linkReach(config, tables.linkSets[set]!)
    texts[reader + 1]!.push(`links ${set}`)
    latestStart = Math.min(latestStart, writer)
  }
  const keys = Uint32Array.from(texts, (parts) =>
    parts.length === 0 ? 0 : number(`${variant.fill}|${parts.join(';')}`),
  )
  return { fill: variant.fill, taps, moved, keys, links: variant.links, latestStart }
}

function movedPositions({ moved = [] }: Variant, v: number, { rows }: Tables): readonly number[] {
  const strange = moved.find((position) => !Number.isInteger(position) || position < 0)
  if (strange !== undefined)
    throw new InvalidInput('BAD_INPUT', `variant ${v} moves the token at position ${strange}`)
  if (moved.length > 0 && rows === undefined)
    throw new InvalidInput('BAD_INPUT', `variant ${v} moves tokens, and no rows to move them to are given`)
  return [...new Set(moved)].sort((a, b) => a - b)
}

/**
 * The first sublayer that two plans do not share; one past the last where they differ in `final_resid` alone or not at
 * all. keys[0] is the embedding, keys[s + 1] sublayer s.
 */
export function firstDifference(before: VariantPlan, plan: VariantPlan): number {
  const { keys } = plan
  let first = 0
  while (first < keys.length && keys[first] === before.keys[first]) first++
  return Math.max(0, Math.min(first - 1, keys.length - 2))
}

/** Every channel of a set replaced at all positions. */
export function wholeTaps(channels: ChannelSet): ReadonlyMap<string, readonly TapPart[]> {
  return new Map(Array.from(channels, ([tap, indices]) => [tap, [{ channels: indices, positions: null }]]))
}

/** Channels of a set at a tap, with a number that equal contents share; null for none. */
function tapChannels({ universe, sets }: Tables) {
  const made = new Map<string, { readonly id: number; readonly channels: Uint32Array } | null>()
  const bySetAndTap = new Map<string, { readonly id: number; readonly channels: Uint32Array } | null>()
  return (set: number, tap: string) => {
    const place = `${set} ${tap}`
    const known = bySetAndTap.get(place)
    if (known !== undefined) return known
    const { channels, complement } = sets[set]!
    const listed = channels.get(tap)
    const text = `${complement ? 'all but ' : ''}${listed?.join() ?? ''} of ${complement ? tap : ''}`
    let found = made.get(text)
    if (found === undefined) {
      const all = complement ? without(universe.get(tap), listed) : listed
      found = all === undefined || all.length === 0 ? null : { id: made.size, channels: all }
      made.set(text, found)
    }
    bySetAndTap.set(place, found)
    return found
  }
}

function without(all: Uint32Array | undefined, gone: Uint32Array | undefined): Uint32Array | undefined {
  if (all === undefined || gone === undefined) return all
  const left = new Set(gone)
  return all.filter((channel) => !left.has(channel))
}

/** Throws BAD_INPUT naming a tap or channel that the model does not have. */
export function checkChannels(config: ModelConfig, channels: ChannelSet): void {
  for (const [tap, indices] of channels) {
    const { width } = tapPlace(config, tap)
    if (width === null)
      throw new InvalidInput('BAD_INPUT', `${tap} has no channels that a mask could replace`)
    for (const index of indices)
      if (index >= width)
        throw new InvalidInput('BAD_INPUT', `${tap} has channels 0 to ${width - 1}, not ${index}`)
  }
}

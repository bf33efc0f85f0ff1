/** Sets of channels of a model, the unit that masks speak of: ascending indices by released tap name (`0.attn.q`). */

export type ChannelSet = ReadonlyMap<string, Uint32Array>

/** From (tap, index) pairs in any order; doubles count once. */
export function channelSet(places: Iterable<{ readonly tap: string; readonly index: number }>): ChannelSet {
  const byTap = new Map<string, number[]>()
  for (const { tap, index } of places) {
    const list = byTap.get(tap)
    if (list === undefined) byTap.set(tap, [index])
    else list.push(index)
  }
  return new Map(Array.from(byTap, ([tap, list]) => [tap, ascending(list)]))
}

/** Every channel of the given sites. */
export function allOf(sites: readonly { readonly tap: string; readonly width: number }[]): ChannelSet {
  return new Map(sites.map(({ tap, width }) => [tap, Uint32Array.from({ length: width }, (_, i) => i)]))
}

export function union(a: ChannelSet, b: ChannelSet): ChannelSet {
  const out = new Map(a)
  for (const [tap, indices] of b) {
    const known = out.get(tap)
    out.set(tap, known === undefined ? indices : ascending([...known, ...indices]))
  }
  return out
}

export function difference(a: ChannelSet, b: ChannelSet): ChannelSet {
  const out = new Map<string, Uint32Array>()
  for (const [tap, indices] of a) {
    const gone = new Set(b.get(tap))
    const left = gone.size === 0 ? indices : indices.filter((index) => !gone.has(index))
    if (left.length > 0) out.set(tap, left)
  }
  return out
}

export function sizeOf(set: ChannelSet): number {
  let size = 0
  for (const indices of set.values()) size += indices.length
  return size
}

function ascending(indices: readonly number[]): Uint32Array {
  return Uint32Array.from(new Set(indices)).sort()
}

/** What the architecture implies between channels, written out pair by pair (semantics.md §8–9). */

/** A hop between two nodes; a value of NaN is none. */
export interface WrittenHop {
  readonly from: string
  readonly to: string
  readonly kind: string
  readonly value: number
}

/** Norm gains by layer and channel, powers of two. */
export function gainAt(layer: number, index: number): number {
  return [1, 2, 0.5][(2 * layer + index) % 3]!
}

/** Phase of the forward pass, tap and channel. */
function placeIn(name: string) {
  const match = /^(?:(\d)\.(attn|mlp)\.(\w+)|(embed|final_resid))\[(\d)\]$/.exec(name)!
  const [, layer, block, tap, outside, index] = match
  const phase =
    outside === undefined
      ? 4 * Number(layer) + (block === 'mlp' ? 2 : 0) + (tap === 'resid_delta' ? 1 : 0)
      : outside === 'embed'
        ? -1
        : 99
  return { phase, layer: Number(layer), tap: outside ?? tap!, index: Number(index) }
}

/** From every write to every later read of its channel. */
export function residualHops(names: readonly string[]): WrittenHop[] {
  return names.flatMap((from) => {
    const write = placeIn(from)
    if (write.tap !== 'resid_delta' && write.tap !== 'embed') return []
    return names.flatMap((to) => {
      const read = placeIn(to)
      if ((read.tap !== 'act_in' && read.tap !== 'final_resid') || read.index !== write.index) return []
      const value = read.tap === 'act_in' ? gainAt(read.layer, read.index) : 1
      return read.phase > write.phase ? [{ from, to, kind: 'RESIDUAL', value }] : []
    })
  })
}

/** From q and k of a head to everything that it writes through v. */
export function controlHops(names: readonly string[], weights: readonly WrittenHop[]): WrittenHop[] {
  return names.flatMap((from) => {
    const { tap, layer, index } = placeIn(from)
    if (tap !== 'q' && tap !== 'k') return []
    const value = `${layer}.attn.v[${index}]`
    return weights
      .filter((hop) => hop.from === value)
      .map(({ to }) => ({ from, to, kind: 'CONTROL', value: Number.NaN }))
  })
}

/** Kept and replaced channels of a sparse model: what a graph's nodes mean when the model runs (semantics.md §5). */
import type { Site } from '../domain/address.js'
import { InvalidInput } from '../domain/errors.js'
import type { CircuitNode, GraphData } from '../domain/graph-data.js'
import type { ModelStructure } from './ports/model-library.js'
import type { Replacement } from './ports/model-runner.js'

/** Kept channel indices per released tap name. */
export type KeptChannels = ReadonlyMap<string, ReadonlySet<number>>
export type Fill = (tap: string, index: number) => number

/** N: every channel that a mask can reach on this graph. */
export interface Maskable {
  readonly sites: readonly { readonly tap: string; readonly width: number }[]
  has(tap: string): boolean
}

export function maskableOf(graph: GraphData, structure: ModelStructure): Maskable {
  const widths = new Map(structure.maskableSites.map(({ tap, width }) => [tap, width]))
  widths.set('final_resid', structure.dModel)
  const sites = graph.maskedSites.map((tap) => {
    const width = widths.get(tap)
    if (width === undefined)
      throw new InvalidInput(
        'BAD_INPUT',
        `the circuit masks ${JSON.stringify(tap)}, a site that its model does not have`,
      )
    return { tap, width }
  })
  const taps = new Set(graph.maskedSites)
  return { sites, has: (tap) => taps.has(tap) }
}

/** Released tap name and index of a channel node, or null for places that no mask reaches. */
export function tapOfSite(site: Site): { readonly tap: string; readonly index: number } | null {
  if (site.kind === 'channel') return { tap: `${site.layer}.${site.block}.${site.tap}`, index: site.index }
  return site.kind === 'final_resid' ? { tap: 'final_resid', index: site.index } : null
}

export function keptChannels(nodes: Iterable<CircuitNode>): KeptChannels {
  const kept = new Map<string, Set<number>>()
  for (const node of nodes) {
    const place = tapOfSite(node.place.site)
    if (place === null) continue
    const indices = kept.get(place.tap) ?? new Set<number>()
    kept.set(place.tap, indices.add(place.index))
  }
  return kept
}

/** Replaces every maskable channel outside `keep`, at all positions, in forward and index order. */
export function replaceAllBut(maskable: Maskable, keep: KeptChannels, fill: Fill): Replacement[] {
  const out: Replacement[] = []
  for (const { tap, width } of maskable.sites) {
    const kept = keep.get(tap)
    for (let index = 0; index < width; index++) {
      if (!kept?.has(index)) out.push({ tap, index, position: null, value: fill(tap, index) })
    }
  }
  return out
}

/** Every maskable channel. */
export function allChannels(maskable: Maskable): KeptChannels {
  return new Map(
    maskable.sites.map(({ tap, width }) => [tap, new Set(Array.from({ length: width }, (_, i) => i))]),
  )
}

export function without(keep: KeptChannels, removed: KeptChannels): KeptChannels {
  return new Map(
    [...keep].map(([tap, indices]) => [
      tap,
      new Set([...indices].filter((index) => !removed.get(tap)?.has(index))),
    ]),
  )
}

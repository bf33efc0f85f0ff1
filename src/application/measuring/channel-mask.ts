/** What a graph's nodes mean when its model runs: channels that a mask can reach (semantics.md §5). */
import type { Site } from '../../domain/address.js'
import { InvalidInput } from '../../domain/errors.js'
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import { channelSet } from '../../domain/experiment/channel-set.js'
import type { CircuitNode, GraphData } from '../../domain/graph-data.js'
import type { ModelStructure } from '../ports/model-library.js'

export interface MaskedSite {
  readonly tap: string
  readonly width: number
}

/** The sites that were masked when the graph was cut, in the order of its list. */
export function maskedSites(graph: GraphData, structure: ModelStructure): readonly MaskedSite[] {
  const widths = new Map(structure.maskableSites.map(({ tap, width }) => [tap, width]))
  widths.set('final_resid', structure.dModel)
  return graph.maskedSites.map((tap) => {
    const width = widths.get(tap)
    if (width === undefined)
      throw new InvalidInput(
        'BAD_INPUT',
        `the circuit masks ${JSON.stringify(tap)}, a site that its model does not have`,
      )
    return { tap, width }
  })
}

/** Released tap name and index of a channel node, or null for places that no mask reaches. */
export function tapOfSite(site: Site): { readonly tap: string; readonly index: number } | null {
  if (site.kind === 'channel') return { tap: `${site.layer}.${site.block}.${site.tap}`, index: site.index }
  return site.kind === 'final_resid' ? { tap: 'final_resid', index: site.index } : null
}

/** Channels of the nodes that have one. */
export function channelsOf(nodes: Iterable<CircuitNode>): ChannelSet {
  return channelSet(Array.from(nodes).flatMap(({ place }) => tapOfSite(place.site) ?? []))
}

/** By which ids a saved view can name the nodes of its file. */
import type { AddressedPlace } from './node-places.js'
import type { RawNode } from './node-reader.js'
import type { ViewContext } from './view-annotations.js'

/**
 * By node_id; where no node has it, by jsNodeId, which some tools use as key and several positions share. An id that a
 * feature and an error share names the feature: that is what the tool's page shows.
 */
export function viewLookup(
  nodes: readonly RawNode[],
  places: readonly AddressedPlace[],
): Pick<ViewContext, 'addressesOf' | 'addressesOfFeature'> {
  const byNodeId = grouped(nodes, places, (node) => node.nodeId)
  const byJsNodeId = grouped(nodes, places, (node) => node.jsNodeId)
  const byFeature = grouped(nodes, places, (node) =>
    node.feature === null ? null : `${node.layer}_${node.feature}_${node.position}`,
  )
  return {
    addressesOf: (id) => byNodeId.get(id) ?? byJsNodeId.get(id) ?? [],
    addressesOfFeature: (id) => byFeature.get(id) ?? [],
  }
}

function grouped(
  nodes: readonly RawNode[],
  places: readonly AddressedPlace[],
  keyOf: (node: RawNode) => string | null,
): Map<string, string[]> {
  const groups = new Map<string, AddressedPlace[]>()
  for (const [i, node] of nodes.entries()) {
    const key = keyOf(node)
    if (key === null) continue
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [places[i]!])
    else known.push(places[i]!)
  }
  return new Map([...groups].map(([key, group]) => [key, shownOf(group).map(({ address }) => address)]))
}

function shownOf(group: readonly AddressedPlace[]): readonly AddressedPlace[] {
  const features = group.filter(({ place }) => place.site.kind === 'feature')
  return features.length > 0 ? features : group
}

/** The places of all nodes of a file, each one's own. */
import { printAddress } from '../../domain/address.js'
import { badGraph } from './bad-graph.js'
import { idPlace, type NodePlace, placeOf } from './node-place.js'
import type { RawNode } from './node-reader.js'

export interface AddressedPlace extends NodePlace {
  readonly address: string
}

/**
 * Where several ids stand for one place, all of them keep their ids as addresses, so that the order of the file decides
 * nothing. Throws BAD_FILE when two nodes cannot be told apart even so.
 */
export function placesOf(nodes: readonly RawNode[], scan: string, name: string): AddressedPlace[] {
  const read = nodes.map((node) => addressed(placeOf(node, scan)))
  const timesSeen = new Map<string, number>()
  for (const { address } of read) timesSeen.set(address, (timesSeen.get(address) ?? 0) + 1)
  const places = read.map((place, i) =>
    timesSeen.get(place.address) === 1 || place.place.site.kind === 'node'
      ? place
      : addressed({ place: idPlace(nodes[i]!), remarks: [...place.remarks, 'SHARED_PLACE'] }),
  )
  const first = new Map<string, number>()
  for (const [i, { address }] of places.entries()) {
    const known = first.get(address)
    if (known !== undefined)
      throw badGraph(
        name,
        `the nodes ${nodes[known]!.nodeId} (${nodes[known]!.featureType}) and ${nodes[i]!.nodeId} (${nodes[i]!.featureType}) both stand for ${address}`,
        `nodes[${i}]`,
      )
    first.set(address, i)
  }
  return places
}

function addressed(place: NodePlace): AddressedPlace {
  return { ...place, address: printAddress(place.place) }
}

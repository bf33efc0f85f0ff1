/** Which nodes become one when a graph is collapsed. */

import { layerOf } from '../../domain/canonical-order.js'
import { InvalidInput } from '../../domain/errors.js'
import type { CircuitNode, GraphData } from '../../domain/graph-data.js'
import type { MergedNode, NodeGroups } from '../../graph/quotient-graph.js'
import type { GraphExpression, NamedGroup } from '../../query/graph-expression.js'
import { ordinalsByAddress } from '../../query/node-selector.js'

type Collapse = Extract<GraphExpression, { kind: 'collapse' }>

/** `dHead`: width of one head; null where the graph is not of a sparse model. Throws NOT_MEANINGFUL where nothing can be grouped so. */
export function nodeGroups(graph: GraphData, collapse: Collapse, dHead: number | null): NodeGroups {
  switch (collapse.by) {
    case 'HEAD':
      return grouped(graph, 'HEAD', (node) => headOf(node, dHead), 'no q, k or v channels of a sparse model')
    case 'LAYER':
      return grouped(graph, 'LAYER', layerGroup, 'no nodes in layers')
    case 'POSITION':
      return grouped(graph, 'POSITION', positionGroup, 'no nodes at token positions')
    case 'SUPERNODE':
      return supernodeGroups(graph, collapse.groups)
    default:
      return collapse satisfies never
  }
}

/** Groups in the order in which their first nodes stand. */
function grouped(
  graph: GraphData,
  by: NodeGroups['by'],
  of: (node: CircuitNode) => (MergedNode & { readonly key: string }) | null,
  missing: string,
): NodeGroups {
  const known = new Map<string, number>()
  const groups: MergedNode[] = []
  const groupOf = Int32Array.from(graph.nodes, (node) => {
    const found = of(node)
    if (found === null) return -1
    const { key, place, label } = found
    if (!known.has(key)) {
      known.set(key, groups.length)
      groups.push({ place, label })
    }
    return known.get(key)!
  })
  if (groups.length === 0 && graph.nodes.length > 0)
    throw new InvalidInput('NOT_MEANINGFUL', `this graph has ${missing} to collapse by ${by}`)
  return { by, groups, groupOf }
}

function headOf({ place }: CircuitNode, dHead: number | null) {
  const { site, position } = place
  if (dHead === null || site.kind !== 'channel' || !['q', 'k', 'v'].includes(site.tap)) return null
  const { layer } = site
  const index = Math.floor(site.index / dHead)
  return {
    key: `${layer}.${index}@${position}`,
    place: { site: { kind: 'head', layer, index }, position } as const,
    label: null,
  }
}

function layerGroup({ place }: CircuitNode) {
  const layer = layerOf(place.site)
  if (layer === null) return null
  const name = `layer ${layer}`
  return { key: name, place: { site: { kind: 'group', name }, position: null } as const, label: name }
}

function positionGroup({ place: { position } }: CircuitNode) {
  if (position === null) return null
  const name = `position ${position}`
  return { key: name, place: { site: { kind: 'group', name }, position } as const, label: name }
}

/** A supernode inside another belongs to the outer one; two that only overlap cannot both be one node. */
function supernodeGroups(graph: GraphData, named: readonly NamedGroup[]): NodeGroups {
  const index = ordinalsByAddress(graph)
  const members = named.map((group) => group.members.flatMap((address) => index.get(address) ?? []))
  const groupOf = new Int32Array(graph.nodes.length).fill(-1)
  // Larger ones first: whatever stands inside is met when all of it is taken already.
  const bySize = named.map((_, i) => i).sort((a, b) => members[b]!.length - members[a]!.length || a - b)
  for (const i of bySize) {
    const owners = new Set(members[i]!.map((node) => groupOf[node]!))
    if (owners.size === 1 && !owners.has(-1)) continue
    const shared = members[i]!.find((node) => groupOf[node] !== -1)
    if (shared !== undefined)
      throw new InvalidInput(
        'NOT_MEANINGFUL',
        `${graph.nodes[shared]!.address} belongs to the supernodes ${quoted(named[groupOf[shared]!]!)} and ${quoted(named[i]!)}, of which neither holds the other`,
        { hint: 'say which supernodes to collapse' },
      )
    for (const node of members[i]!) groupOf[node] = i
  }
  const groups = named.map(({ annotation, title }) => ({
    place: { site: { kind: 'group', name: annotation.split('@')[0]! }, position: null } as const,
    label: title,
  }))
  return { by: 'SUPERNODE', groups, groupOf }
}

function quoted({ title }: NamedGroup): string {
  return JSON.stringify(title)
}

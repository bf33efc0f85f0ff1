/** A graph whose nodes are groups of another's: one edge for each pair of groups (language.md §4, collapse). */
import type { NodeAddress } from '../domain/address.js'
import { printAddress } from '../domain/address.js'
import { canonicalKey, compareKeys } from '../domain/canonical-order.js'
import { type CircuitNode, type GraphData, type Grouping, nodeKindOf } from '../domain/graph-data.js'
import { compactGraph } from './compact-graph.js'
import { topologicalOrder } from './topological-order.js'

/** A node that others become. */
export interface MergedNode {
  readonly place: NodeAddress
  readonly label: string | null
}

export interface NodeGroups {
  readonly by: Grouping
  readonly groups: readonly MergedNode[]
  /** By ordinal: which group the node belongs to; −1 for nodes that stay themselves. */
  readonly groupOf: Int32Array
}

/** Edges, and implied links where they count, by the ordinals of their ends. */
export interface MergedEdges {
  readonly source: ArrayLike<number>
  readonly target: ArrayLike<number>
  /** Signed value, and the sum of absolute values behind it; NaN where there is none. */
  readonly weight: ArrayLike<number>
  readonly absWeight: ArrayLike<number>
  /** Edges behind each: 1 unless it stands for several already. */
  readonly edgesBehind: ArrayLike<number>
  /** Index into EDGE_KINDS. */
  readonly kind: ArrayLike<number>
  readonly member: ArrayLike<number>
}

export interface QuotientGraph {
  readonly graph: GraphData
  /** By node of the quotient: the ordinal of the node that it is, or −1 for a group. */
  readonly ownOrdinal: Int32Array
}

/**
 * Values are added in the order of `edges`; those without one count as edges and add nothing. An edge between groups
 * has the first of its kinds (EDGE_KINDS) and no port. Throws NOT_MEANINGFUL naming a cycle.
 */
export function quotientGraph(data: GraphData, groups: NodeGroups, edges: MergedEdges): QuotientGraph {
  const { nodes, ownOrdinal, placeOf } = quotientNodes(data, groups)
  const nodesBehind = new Uint32Array(nodes.length)
  const innerEdges = new Uint32Array(nodes.length)
  for (const node of data.nodes) {
    const place = placeOf[node.ordinal]!
    nodesBehind[place]! += data.quotient?.nodesBehind[node.ordinal] ?? 1
    innerEdges[place]! += data.quotient?.innerEdges[node.ordinal] ?? 0
  }
  const between: number[] = []
  for (let e = 0; e < edges.source.length; e++) {
    const place = placeOf[edges.source[e]!]!
    if (place === placeOf[edges.target[e]!]) innerEdges[place]! += edges.edgesBehind[e]!
    else between.push(e)
  }
  const { columns, absWeight, edgesBehind } = summedEdges(between, edges, placeOf, nodes.length)
  topologicalOrder(
    compactGraph(nodes.length, columns.source, columns.target, columns.weight),
    (node) => nodes[node]!.address,
    `collapsing by ${groups.by} closes the cycle`,
  )
  const quotient = { by: groups.by, nodesBehind, innerEdges, absWeight, edgesBehind }
  const { source, edgeMeaning, model, task, prompt, maskedSites } = data
  const graph = {
    source,
    edgeMeaning,
    model,
    task,
    prompt,
    maskedSites,
    nodes,
    edges: columns,
    quotient,
  }
  return { graph, ownOrdinal }
}

/** The groups that have a member and the nodes outside all groups, in canonical order. */
function quotientNodes(data: GraphData, { groups, groupOf }: NodeGroups) {
  const used = new Set(groupOf)
  const merged = groups.flatMap((group, i) => (used.has(i) ? [{ group: i, ...group }] : []))
  const drafts = [
    ...data.nodes
      .filter(({ ordinal }) => groupOf[ordinal] === -1)
      .map((node) => ({ node, group: -1, key: canonicalKey(node.place) })),
    ...merged.map(({ group, place, label }) => ({
      node: groupNode(place, label),
      group,
      key: canonicalKey(place),
    })),
  ].sort((a, b) => compareKeys(a.key, b.key))
  const placeOfGroup = new Map<number, number>()
  const ownOrdinal = new Int32Array(drafts.length).fill(-1)
  const placeOf = new Uint32Array(data.nodes.length)
  const nodes = drafts.map(({ node, group }, place): CircuitNode => {
    if (group >= 0) placeOfGroup.set(group, place)
    else {
      ownOrdinal[place] = node.ordinal
      placeOf[node.ordinal] = place
    }
    return { ...node, ordinal: place }
  })
  for (const { ordinal } of data.nodes)
    if (groupOf[ordinal]! >= 0) placeOf[ordinal] = placeOfGroup.get(groupOf[ordinal]!)!
  return { nodes, ownOrdinal, placeOf }
}

function groupNode(place: NodeAddress, label: string | null): CircuitNode {
  return {
    ordinal: -1,
    address: printAddress(place),
    place,
    kind: nodeKindOf(place.site),
    sourceId: null,
    label,
    activation: null,
    probability: null,
    isTarget: false,
  }
}

function summedEdges(
  between: readonly number[],
  edges: MergedEdges,
  placeOf: Uint32Array,
  nodeCount: number,
) {
  const source = Uint32Array.from(between, (e) => placeOf[edges.source[e]!]!)
  const target = Uint32Array.from(between, (e) => placeOf[edges.target[e]!]!)
  // Rows of a compact graph lie by source, target and edge: edges of one pair side by side, in their own order.
  const { outEdge } = compactGraph(nodeCount, source, target, new Float64Array(between.length))
  const starts: number[] = []
  for (let i = 0; i < outEdge.length; i++) {
    const [edge, before] = [outEdge[i]!, outEdge[i - 1]]
    if (before === undefined || source[edge] !== source[before] || target[edge] !== target[before])
      starts.push(i)
  }
  const count = starts.length
  const columns = {
    count,
    source: Uint32Array.from(starts, (i) => source[outEdge[i]!]!),
    target: Uint32Array.from(starts, (i) => target[outEdge[i]!]!),
    weight: new Float64Array(count).fill(Number.NaN),
    kind: new Uint8Array(count).fill(255),
    port: new Uint8Array(count),
    member: new Uint8Array(count),
  }
  const absWeight = new Float64Array(count)
  const edgesBehind = new Uint32Array(count)
  for (let pair = 0; pair < count; pair++) {
    for (let i = starts[pair]!; i < (starts[pair + 1] ?? outEdge.length); i++) {
      const e = between[outEdge[i]!]!
      const value = edges.weight[e]!
      if (!Number.isNaN(value)) {
        const sum = columns.weight[pair]!
        columns.weight[pair] = Number.isNaN(sum) ? value : sum + value
        absWeight[pair]! += edges.absWeight[e]!
      }
      edgesBehind[pair]! += edges.edgesBehind[e]!
      columns.kind[pair] = Math.min(columns.kind[pair]!, edges.kind[e]!)
      columns.member[pair] = Math.max(columns.member[pair]!, edges.member[e]!)
    }
  }
  return { columns, absWeight, edgesBehind }
}

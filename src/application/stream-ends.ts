/**
 * The places through which tokens enter and logits read the residual stream: `embed[c]` and `final_resid[c]` as nodes
 * beside a weight graph's own, so that a path shows each step that language.md §3 names.
 */
import { type NodeAddress, printAddress } from '../domain/address.js'
import { canonicalKey, compareKeys } from '../domain/canonical-order.js'
import { type CircuitNode, type GraphData, nodeKindOf } from '../domain/graph-data.js'

export interface StreamRows {
  /** Embedding row of the token that paths begin at, or null. */
  readonly embed: ArrayLike<number> | null
  /** Unembedding row of the logit or contrast that paths end at, or null. */
  readonly finalResid: ArrayLike<number> | null
}

export interface GraphWithEnds {
  readonly graph: GraphData
  /** For each node its ordinal in the graph without ends; −1 for an added one. */
  readonly ownOrdinal: Int32Array
  /** For each own ordinal its place in the graph with ends. */
  readonly placeOf: Uint32Array
}

/**
 * Adds a node for each channel of a row that is not 0 and that the graph does not have. Where a circuit masks
 * `final_resid`, only its kept channels lead to the logits and none is added. Canonical order is kept, so the edges
 * stay in theirs.
 */
export function withStreamEnds(data: GraphData, { embed, finalResid }: StreamRows): GraphWithEnds {
  const own = new Set(data.nodes.filter(({ place }) => !('layer' in place.site)).map((node) => node.address))
  const added: NodeAddress[] = []
  const add = (kind: 'embed' | 'final_resid', rows: ArrayLike<number> | null): void => {
    if (rows === null || data.maskedSites.includes(kind)) return
    for (let index = 0; index < rows.length; index++) {
      const place: NodeAddress = { site: { kind, index }, position: null }
      if (rows[index] !== 0 && !own.has(printAddress(place))) added.push(place)
    }
  }
  add('embed', embed)
  add('final_resid', finalResid)
  return merged(data, added)
}

function merged(data: GraphData, added: readonly NodeAddress[]): GraphWithEnds {
  const queue = added.map(canonicalKey).sort(compareKeys)
  const placeByText = new Map(added.map((place) => [printAddress(place), place]))
  const nodes: CircuitNode[] = []
  const ownOrdinal = new Int32Array(data.nodes.length + added.length).fill(-1)
  const placeOf = new Uint32Array(data.nodes.length)
  let next = 0
  const takeAdded = (): void => {
    const { text } = queue[next++]!
    const place = placeByText.get(text)!
    const blank = { sourceId: null, label: null, activation: null, probability: null, isTarget: false }
    nodes.push({ ordinal: nodes.length, address: text, place, kind: nodeKindOf(place.site), ...blank })
  }
  for (const node of data.nodes) {
    const hasLayer = 'layer' in node.place.site
    // Added places have no layer, and null is last: only nodes without a layer can stand after them.
    while (!hasLayer && next < queue.length && compareKeys(queue[next]!, canonicalKey(node.place)) < 0)
      takeAdded()
    placeOf[node.ordinal] = nodes.length
    ownOrdinal[nodes.length] = node.ordinal
    nodes.push(node.ordinal === nodes.length ? node : { ...node, ordinal: nodes.length })
  }
  while (next < queue.length) takeAdded()
  const { edges } = data
  // Mostly all that is added stands behind the own nodes, which then keep their numbers.
  const isMoved = placeOf.some((place, ordinal) => place !== ordinal)
  const moved = (column: Uint32Array): Uint32Array =>
    isMoved ? column.map((ordinal) => placeOf[ordinal]!) : column
  return {
    graph: { ...data, nodes, edges: { ...edges, source: moved(edges.source), target: moved(edges.target) } },
    ownOrdinal,
    placeOf,
  }
}

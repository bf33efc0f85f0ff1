/** The path of most hops (algorithms.md A1, the semiring (max, +) with every hop 1). */
import type { CompactGraph } from './compact-graph.js'
import { distinctNodes, nodeSet } from './node-set.js'

export interface FoundPath {
  readonly start: number
  /** Edge ids, first to last; none for the path that ends where it begins. */
  readonly edges: readonly number[]
}

const NONE = -1

/**
 * A path from a source to a sink with the most hops between visible nodes; of several the one whose sequence of
 * visible nodes comes first. Null when there is no path. O(V + E).
 */
export function criticalPath(
  graph: CompactGraph,
  order: Uint32Array,
  sources: Iterable<number>,
  sinks: Iterable<number>,
  transparent: Uint8Array | null = null,
): FoundPath | null {
  const hops = hopsToEnds(graph, order, nodeSet(graph.nodeCount, sinks), transparent)
  let start = NONE
  for (const s of distinctNodes(sources)) {
    if (hops[s] !== NONE && (start === NONE || hops[s]! > hops[start]!)) start = s
  }
  if (start === NONE) return null
  const edges: number[] = []
  for (let v = start; hops[v]! > 0; ) {
    const way = longestHop(graph, v, hops, transparent)
    edges.push(...way.edges)
    v = way.to
  }
  return { start, edges }
}

/** Most hops from each node to a sink; −1 where none is reached. Arriving at a transparent point is no hop. */
function hopsToEnds(
  { nodeCount, outStart, outEdge, target }: CompactGraph,
  order: Uint32Array,
  isSink: Uint8Array,
  transparent: Uint8Array | null,
): Int32Array {
  const hops = new Int32Array(nodeCount).fill(NONE)
  for (let i = order.length - 1; i >= 0; i--) {
    const v = order[i]!
    let most = isSink[v] === 1 ? 0 : NONE
    for (let j = outStart[v]!; j < outStart[v + 1]!; j++) {
      const next = target[outEdge[j]!]!
      if (hops[next] !== NONE) most = Math.max(most, hops[next]! + (transparent?.[next] === 1 ? 0 : 1))
    }
    hops[v] = most
  }
  return hops
}

/** To the first visible node that a longest path from `from` can go on to, over transparent points where it must. */
function longestHop(
  { outStart, outEdge, source, target }: CompactGraph,
  from: number,
  hops: Int32Array,
  transparent: Uint8Array | null,
): { readonly to: number; readonly edges: readonly number[] } {
  const cameBy = new Map<number, number>()
  const open = [from]
  let last = NONE
  for (let v = open.pop(); v !== undefined; v = open.pop()) {
    for (let i = outStart[v]!; i < outStart[v + 1]!; i++) {
      const edge = outEdge[i]!
      const next = target[edge]!
      if (transparent?.[next] === 1) {
        if (hops[next] !== hops[from] || cameBy.has(next)) continue
        cameBy.set(next, edge)
        open.push(next)
      } else if (hops[next] === hops[from]! - 1 && (last === NONE || next < target[last]!)) last = edge
    }
  }
  const edges = [last]
  for (let v = source[last]!; v !== from; v = source[edges[0]!]!) edges.unshift(cameBy.get(v)!)
  return { to: target[last]!, edges }
}

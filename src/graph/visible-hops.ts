/** The hops of a walk as edges of their own: what leads from one node to another, over points that only carry links. */
import { LimitExceeded } from '../domain/errors.js'
import type { CompactGraph } from './compact-graph.js'

/** Columns of equal length; a hop over no point has one edge as its first and last. */
export interface VisibleHops {
  readonly source: ArrayLike<number>
  readonly target: ArrayLike<number>
  /** Product of the edge values; NaN where an edge has none. */
  readonly value: ArrayLike<number>
  readonly firstEdge: ArrayLike<number>
  readonly lastEdge: ArrayLike<number>
}

/** Beyond it a question is refused. */
const MOST_HOPS = 20_000_000

/** Points carry links from many nodes to many: the number of hops can exceed that of edges. Throws COST_EXCEEDED. */
export function visibleHops(graph: CompactGraph, transparent: Uint8Array | null): VisibleHops {
  const { outStart, outEdge, target, weight, nodeCount } = graph
  if (transparent === null || !transparent.includes(1)) {
    const edges = new Uint32Array(graph.edgeCount)
    for (let e = 0; e < edges.length; e++) edges[e] = e
    return { source: graph.source, target, value: weight, firstEdge: edges, lastEdge: edges }
  }
  const hops = {
    source: [] as number[],
    target: [] as number[],
    value: [] as number[],
    firstEdge: [] as number[],
    lastEdge: [] as number[],
  }
  const open: { readonly node: number; readonly value: number; readonly first: number }[] = []
  for (let source = 0; source < nodeCount; source++) {
    if (transparent[source] === 1) continue
    open.push({ node: source, value: 1, first: -1 })
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (let i = outStart[next.node]!; i < outStart[next.node + 1]!; i++) {
        const edge = outEdge[i]!
        const value = next.first < 0 ? weight[edge]! : next.value * weight[edge]!
        const first = next.first < 0 ? edge : next.first
        if (transparent[target[edge]!] === 1) {
          open.push({ node: target[edge]!, value, first })
          continue
        }
        if (hops.source.length === MOST_HOPS)
          throw new LimitExceeded(
            `the links of this graph join more than ${MOST_HOPS.toLocaleString('en')} pairs of nodes`,
            { hint: 'select a smaller graph first, or leave out links: { residual: false }' },
            'COST_EXCEEDED',
          )
        hops.source.push(source)
        hops.target.push(target[edge]!)
        hops.value.push(value)
        hops.firstEdge.push(first)
        hops.lastEdge.push(edge)
      }
    }
  }
  return hops
}

/** How many paths there are, exactly (algorithms.md A1, the semiring (+, ×) with every edge 1). */
import type { CompactGraph } from './compact-graph.js'
import { distinctNodes, nodeSet } from './node-set.js'

export interface PathCount {
  readonly total: bigint
  /** One row per distinct source, ascending by node. */
  readonly sources: readonly { readonly node: number; readonly count: bigint }[]
}

/** Parallel edges make different paths; edges count whatever their value. `alive` = 0 removes a node. O(V + E). */
export function countPaths(
  graph: CompactGraph,
  order: Uint32Array,
  sources: Iterable<number>,
  sinks: Iterable<number>,
  alive: Uint8Array | null = null,
): PathCount {
  const from = distinctNodes(sources)
  const ends = nodeSet(graph.nodeCount, sinks)
  const counts = accumulate(graph, Uint32Array.from(order).reverse(), 'OUT', ends, from, alive)
  const rows = Array.from(from, (node) => ({ node, count: countAt(counts, node) }))
  return { total: rows.reduce((sum, row) => sum + row.count, 0n), sources: rows }
}

/** Number of paths from any of `sources` to v (`forward`) and from v to any of `sinks` (`backward`), for all v. */
export function countPathsThroughNodes(
  graph: CompactGraph,
  order: Uint32Array,
  sources: Iterable<number>,
  sinks: Iterable<number>,
): { readonly forward: readonly bigint[]; readonly backward: readonly bigint[] } {
  const every = new Uint32Array(graph.nodeCount).map((_, v) => v)
  const forward = accumulate(graph, order, 'IN', nodeSet(graph.nodeCount, sources), every, null)
  const back = Uint32Array.from(order).reverse()
  const backward = accumulate(graph, back, 'OUT', nodeSet(graph.nodeCount, sinks), every, null)
  return {
    forward: Array.from(every, (v) => countAt(forward, v)),
    backward: Array.from(every, (v) => countAt(backward, v)),
  }
}

/** Counts below 2⁵³ are doubles; `large` holds the others, and the double is then -1. */
interface Counts {
  readonly small: Float64Array
  readonly large: (bigint | undefined)[]
}

const LARGE = -1

function countAt(counts: Counts, node: number): bigint {
  const small = counts.small[node]!
  return small === LARGE ? counts.large[node]! : BigInt(small)
}

/** A large count is dropped once its last reader has it, unless `kept`: on long chains they would fill the memory. */
function accumulate(
  graph: CompactGraph,
  order: Uint32Array,
  side: 'IN' | 'OUT',
  initial: Uint8Array,
  kept: Uint32Array,
  alive: Uint8Array | null,
): Counts {
  const [rowStart, row, farEnd] =
    side === 'OUT'
      ? [graph.outStart, graph.outEdge, graph.target]
      : [graph.inStart, graph.inEdge, graph.source]
  const readerStart = side === 'OUT' ? graph.inStart : graph.outStart
  const small = new Float64Array(graph.nodeCount)
  const large: (bigint | undefined)[] = []
  const readers = new Map<number, number>()
  const keep = nodeSet(graph.nodeCount, kept)
  for (let done = 0; done < order.length; done++) {
    const v = order[done]!
    let sum = initial[v]!
    let big = 0n
    for (let i = rowStart[v]!; i < rowStart[v + 1]!; i++) {
      const u = farEnd[row[i]!]!
      const count = small[u]!
      if (count !== LARGE) {
        if (sum + count <= Number.MAX_SAFE_INTEGER) sum += count
        else {
          big += BigInt(sum)
          sum = count
        }
        continue
      }
      big += large[u]!
      const left = readers.get(u)! - 1
      if (left === 0 && keep[u] === 0) large[u] = undefined
      else readers.set(u, left)
    }
    if (alive?.[v] === 0) continue
    if (big === 0n) small[v] = sum
    else {
      small[v] = LARGE
      large[v] = big + BigInt(sum)
      readers.set(v, readerStart[v + 1]! - readerStart[v]!)
    }
  }
  return { small, large }
}

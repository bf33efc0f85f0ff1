/** Who reaches whom (algorithms.md A1, the boolean semiring): breadth-first, bounded by hops on request. */
import type { CompactGraph } from './compact-graph.js'

export interface ReachOptions {
  /** Steps between visible nodes at most; null or absent: no bound. */
  readonly hops?: number | null
  /** 1 marks points that are passed without a hop and never answers (residual chain points). */
  readonly transparent?: Uint8Array | null
  /** 0 marks nodes that may not be used, starts included. */
  readonly alive?: Uint8Array | null
}

/** Starts and everything that an edge path leads to from them: one byte per node. */
export function descendantsOf(
  graph: CompactGraph,
  starts: Iterable<number>,
  options: ReachOptions = {},
): Uint8Array {
  return spread(graph.nodeCount, graph.outStart, graph.outEdge, graph.target, starts, options)
}

/** Starts and everything that leads to them: one byte per node. */
export function ancestorsOf(
  graph: CompactGraph,
  starts: Iterable<number>,
  options: ReachOptions = {},
): Uint8Array {
  return spread(graph.nodeCount, graph.inStart, graph.inEdge, graph.source, starts, options)
}

/** Every node on some path from a member of `from` to a member of `to`, both ends included. */
export function nodesBetween(
  graph: CompactGraph,
  from: Iterable<number>,
  to: Iterable<number>,
  options: Omit<ReachOptions, 'hops'> = {},
): Uint8Array {
  const between = descendantsOf(graph, from, options)
  const leading = ancestorsOf(graph, to, options)
  for (let v = 0; v < between.length; v++) between[v]! &= leading[v]!
  return between
}

/** Level by level; a transparent point joins the level it was found on, because passing it is no hop. */
function spread(
  nodeCount: number,
  start: Uint32Array,
  row: Uint32Array,
  farEnd: Uint32Array,
  starts: Iterable<number>,
  options: ReachOptions,
): Uint8Array {
  const { transparent = null, alive = null } = options
  const hops = options.hops ?? Number.POSITIVE_INFINITY
  const seen = new Uint8Array(nodeCount)
  let level: number[] = []
  for (const v of starts) {
    if (seen[v] === 1 || alive?.[v] === 0) continue
    seen[v] = 1
    level.push(v)
  }
  for (let hop = 0; level.length > 0; hop++) {
    const next: number[] = []
    // `level` grows while it is read: transparent points found on the way belong to it.
    for (let done = 0; done < level.length; done++) {
      const v = level[done]!
      for (let i = start[v]!; i < start[v + 1]!; i++) {
        const u = farEnd[row[i]!]!
        if (seen[u] === 1 || alive?.[u] === 0) continue
        if (transparent?.[u] === 1) level.push(u)
        else if (hop < hops) next.push(u)
        else continue
        seen[u] = 1
      }
    }
    level = next
  }
  return seen
}

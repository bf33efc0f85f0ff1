/** Nodes that every path passes (algorithms.md A4), by the count identity N(s, v) · N(v, t) = N(s, t). */
import type { CompactGraph } from './compact-graph.js'
import { distinctNodes } from './node-set.js'
import { countPathsThroughNodes } from './path-count.js'

/**
 * Nodes on every path from a source to a sink, in topological order, ends included where there is one; none when
 * there is no path. Transparent points are never answers. O(V + E) additions of exact counts.
 */
export function dominators(
  graph: CompactGraph,
  order: Uint32Array,
  sources: Iterable<number>,
  sinks: Iterable<number>,
  transparent: Uint8Array | null = null,
): number[] {
  const from = distinctNodes(sources)
  const { forward, backward } = countPathsThroughNodes(graph, order, from, sinks)
  let total = 0n
  for (const s of from) total += backward[s]!
  if (total === 0n) return []
  return Array.from(order).filter((v) => transparent?.[v] !== 1 && forward[v]! * backward[v]! === total)
}

/** Nodes that every path passes (algorithms.md A4): the chain of immediate dominators from the sources to the sinks. */
import type { CompactGraph } from './compact-graph.js'
import { distinctNodes, nodeSet } from './node-set.js'
import { nodesBetween } from './reachability.js'

/**
 * Nodes on every path from a source to a sink, in topological order, ends included where there is one; none when
 * there is no path. Transparent points are never answers.
 *
 * With all nodes on paths laid out in topological order, a path misses v exactly if one of its edges leads over v. So
 * one pass that remembers how far edges reach finds them all: O(V + E), without counting a path.
 */
export function dominators(
  graph: CompactGraph,
  order: Uint32Array,
  sources: Iterable<number>,
  sinks: Iterable<number>,
  transparent: Uint8Array | null = null,
): number[] {
  const from = distinctNodes(sources)
  const isSink = nodeSet(graph.nodeCount, sinks)
  const between = nodesBetween(graph, from, distinctNodes(sinks))
  const placeOf = new Uint32Array(graph.nodeCount)
  for (let place = 0; place < order.length; place++) placeOf[order[place]!] = place

  let reach = -1
  const pass = (node: number): void => {
    if (between[node] === 1) reach = Math.max(reach, placeOf[node]!)
  }
  from.forEach(pass)
  const found: number[] = []
  for (let place = 0; place < order.length; place++) {
    const v = order[place]!
    if (between[v] === 0) continue
    if (reach <= place && transparent?.[v] !== 1) found.push(v)
    for (let i = graph.outStart[v]!; i < graph.outStart[v + 1]!; i++) pass(graph.target[graph.outEdge[i]!]!)
    // A path may end here: nothing behind this node is on every path.
    if (isSink[v] === 1) break
  }
  return found
}

/** Each edge's share of all absolute input of its target (algorithms.md A3: Â, the row-normalised |A|). */
import type { CompactGraph } from './compact-graph.js'

/** circuit-tracer divides by at least this much, so that rows of zeros stay zeros. */
export const ROW_SUM_FLOOR = 1e-10

/**
 * Shares by edge id; the product along a path is the share of the sink's input that the path carries.
 *
 * Transparent points are eliminated first (semantics.md §8): what reaches a node through them counts as coming from
 * the visible writers behind, so edges into a transparent point keep their absolute value and the last edge is
 * divided by the sum over all visible writers. Edges without a value keep NaN and count for nothing.
 */
export function rowShares(
  graph: CompactGraph,
  order: Uint32Array,
  transparent: Uint8Array | null = null,
): Float64Array {
  const { source, inStart, inEdge, weight } = graph
  const shares = new Float64Array(graph.edgeCount)
  /** Sum of absolute products from visible writers to a node, 1 for visible nodes themselves. */
  const inflow = transparent === null ? null : new Float64Array(graph.nodeCount).fill(1)
  for (const v of order) {
    let sum = 0
    for (let i = inStart[v]!; i < inStart[v + 1]!; i++) {
      const edge = inEdge[i]!
      const size = Math.abs(weight[edge]!)
      if (!Number.isNaN(size)) sum += inflow === null ? size : size * inflow[source[edge]!]!
    }
    const passes = transparent?.[v] === 1
    if (passes) inflow![v] = sum
    const divisor = passes ? 1 : Math.max(sum, ROW_SUM_FLOOR)
    for (let i = inStart[v]!; i < inStart[v + 1]!; i++) {
      const edge = inEdge[i]!
      shares[edge] = Math.abs(weight[edge]!) / divisor
    }
  }
  return shares
}

/** Signed and absolute totals of path products from a set of sources to a set of sinks (language.md §5, flow). */
import type { CompactGraph } from './compact-graph.js'
import { distinctNodes, nodeSet } from './node-set.js'
import { absoluteSum, cancellationOf, signedSum, sumsToEnds } from './path-sums.js'
import { ancestorsOf, descendantsOf } from './reachability.js'
import { SCALED_ZERO, type ScaledNumber, scaledSum } from './scaled-number.js'
import { valueTraits } from './value-traits.js'

export interface SourceTotal {
  readonly node: number
  readonly signed: ScaledNumber
  readonly absolute: ScaledNumber
}

export interface PathTotals {
  readonly signed: ScaledNumber
  readonly absolute: ScaledNumber
  /** κ; null when the signed total is 0. */
  readonly cancellation: number | null
  /** One row per distinct source, ascending by node. */
  readonly sources: readonly SourceTotal[]
  /** An edge without a value that stands on some path, or null: such paths have no product and are not in the totals. */
  readonly unvaluedEdge: number | null
}

/**
 * Every path is counted by its own two ends: one that passes another member of either set on the way counts for its
 * ends all the same. A node in both sets has the empty path, product 1. `alive` = 0 removes a node. O(V + E).
 */
export function pathTotals(
  graph: CompactGraph,
  order: Uint32Array,
  sources: Iterable<number>,
  sinks: Iterable<number>,
  alive: Uint8Array | null = null,
): PathTotals {
  const from = distinctNodes(sources)
  const to = distinctNodes(sinks)
  const sums = sumsToEnds(graph, order, nodeSet(graph.nodeCount, to), { alive })
  const rows = Array.from(from, (node) => ({
    node,
    signed: signedSum(sums, node),
    absolute: absoluteSum(sums, node),
  }))
  const signed = rows.reduce((sum, row) => scaledSum(sum, row.signed), SCALED_ZERO)
  const absolute = rows.reduce((sum, row) => scaledSum(sum, row.absolute), SCALED_ZERO)
  return {
    signed,
    absolute,
    cancellation: cancellationOf(signed, absolute),
    sources: rows,
    unvaluedEdge: unvaluedEdgeOnPath(graph, from, to, alive),
  }
}

function unvaluedEdgeOnPath(
  graph: CompactGraph,
  from: Uint32Array,
  to: Uint32Array,
  alive: Uint8Array | null,
): number | null {
  if (!valueTraits(graph.weight).missing) return null
  const reached = descendantsOf(graph, from, { alive })
  const leading = ancestorsOf(graph, to, { alive })
  for (let e = 0; e < graph.edgeCount; e++) {
    if (Number.isNaN(graph.weight[e]!) && reached[graph.source[e]!] === 1 && leading[graph.target[e]!] === 1)
      return e
  }
  return null
}

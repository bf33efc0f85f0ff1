/** A path as the hops between its visible nodes. */
import type { CompactGraph } from './compact-graph.js'
import type { FoundPath } from './critical-path.js'

export interface PathHops {
  /** One more than hops. */
  readonly nodes: readonly number[]
  /** First and last edge of each hop; the same one, unless the hop passes transparent points. */
  readonly firstEdges: readonly number[]
  readonly lastEdges: readonly number[]
}

export function pathHops(
  { target }: CompactGraph,
  { start, edges }: FoundPath,
  transparent: Uint8Array | null,
): PathHops {
  const nodes = [start]
  const firstEdges: number[] = []
  const lastEdges: number[] = []
  for (const edge of edges) {
    if (firstEdges.length === lastEdges.length) firstEdges.push(edge)
    const next = target[edge]!
    if (transparent?.[next] === 1) continue
    nodes.push(next)
    lastEdges.push(edge)
  }
  return { nodes, firstEdges, lastEdges }
}

/** Value of a hop; NaN where it has none. Links between transparent points have the value 1. */
export function hopValue({ weight }: CompactGraph, firstEdge: number, lastEdge: number): number {
  return firstEdge === lastEdge ? weight[firstEdge]! : weight[firstEdge]! * weight[lastEdge]!
}

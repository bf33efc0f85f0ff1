/** The strongest paths of a walk as one graph: their nodes, and the stored edges that they use. */
import { strongestPaths } from '../../graph/strongest-paths.js'
import type { PathRank } from '../../query/graph-expression.js'
import type { QuestionWalk } from '../question-walk.js'
import { type DerivedGraph, partOf } from './derived-graph.js'

/** Paths between two looks at the signal. */
const STRIDE = 500

/** Tokens and logits that a walk attaches, and links that the architecture implies, are not of the graph and left out. */
export async function pathsPart(
  of: DerivedGraph,
  walk: QuestionWalk,
  rank: PathRank,
  first: number,
  pause: () => Promise<void>,
): Promise<DerivedGraph> {
  const stream = strongestPaths(walk.graph, walk.order, {
    sources: walk.sources,
    sinks: walk.sinks,
    rank,
    shares: rank === 'SHARE' ? walk.shares() : null,
    transparent: walk.transparent,
    places: walk.places,
    zeroProducts: 'LAST',
  })
  const keepNode = new Uint8Array(of.graph.nodes.length)
  const keepEdge = new Uint8Array(of.graph.edges.count)
  for (let given = 1; given <= first; given++) {
    const path = stream.next()
    if (path === null) break
    for (const node of path.nodes) {
      const own = walk.stepOf(node).node
      if (own !== null) keepNode[own.ordinal] = 1
    }
    for (const edge of path.edges) {
      const own = walk.storedEdgeOf(edge)
      if (own !== null) keepEdge[own] = 1
    }
    if (given % STRIDE === 0) await pause()
  }
  return partOf(of, keepNode, keepEdge)
}

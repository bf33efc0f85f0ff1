/** A graph under way from a root to the result of an expression, and where its parts come from. */
import type { GraphData } from '../../domain/graph-data.js'
import type { Scores } from '../../query/node-filter.js'
import { induceGraph, taken } from './induce-graph.js'

export interface DerivedGraph {
  readonly graph: GraphData
  /** One value per node of this very graph. */
  readonly scores: Scores
  /** The graph that it is a part of: a stored one, or one that an operator made new. */
  readonly whole: GraphData
  /** Place of each node and edge there. */
  readonly nodes: Uint32Array
  readonly edges: Uint32Array
  /** Ids of the circuits and models beside the root that went into it. */
  readonly operands: ReadonlySet<string>
}

/** A graph that is no part of another. */
export function wholeGraph(
  graph: GraphData,
  scores: Scores,
  operands: ReadonlySet<string> = new Set(),
): DerivedGraph {
  const every = (count: number): Uint32Array => {
    const numbers = new Uint32Array(count)
    for (let i = 0; i < count; i++) numbers[i] = i
    return numbers
  }
  return {
    graph,
    scores,
    whole: graph,
    nodes: every(graph.nodes.length),
    edges: every(graph.edges.count),
    operands,
  }
}

/** Nodes with a 1, and edges between two of them with a 1 (all, where none are named). */
export function partOf(
  of: DerivedGraph,
  keepNode: Uint8Array,
  keepEdge: Uint8Array | null = null,
): DerivedGraph {
  const { graph, ordinals, edges } = induceGraph(of.graph, keepNode, keepEdge)
  return {
    ...of,
    graph,
    scores: scoresOfPart(of.scores, ordinals),
    nodes: taken(of.nodes, ordinals, new Uint32Array(ordinals.length)),
    edges: taken(of.edges, edges, new Uint32Array(edges.length)),
  }
}

/** Edges with a 1, and the nodes at their ends. */
export function partOfEdges(of: DerivedGraph, keepEdge: Uint8Array): DerivedGraph {
  const { source, target } = of.graph.edges
  const keepNode = new Uint8Array(of.graph.nodes.length)
  for (let e = 0; e < keepEdge.length; e++) {
    if (keepEdge[e] !== 1) continue
    keepNode[source[e]!] = 1
    keepNode[target[e]!] = 1
  }
  return partOf(of, keepNode, keepEdge)
}

/** Scores by the nodes that the ordinals name; null for −1, a node without a place in the graph that was scored. */
export function scoresOfPart(scores: Scores, ordinals: ArrayLike<number>): Scores {
  return new Map(
    [...scores].map(([name, values]) => [name, Array.from(ordinals, (ordinal) => values[ordinal] ?? null)]),
  )
}

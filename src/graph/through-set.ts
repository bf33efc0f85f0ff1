/**
 * The paths that meet a set of nodes, as all paths of another graph (algorithms.md A5: "via" as an automaton of two
 * states): each node stands there twice, before the set was met and since. What is counted or summed there needs no
 * difference of large numbers.
 */
import { type CompactGraph, compactGraph } from './compact-graph.js'
import { nodeSet } from './node-set.js'

export interface PathsOfInterest {
  readonly graph: CompactGraph
  readonly order: Uint32Array
  readonly sources: readonly number[]
  readonly sinks: readonly number[]
  /** Nodes that stand for node v of the walked graph. */
  copiesOf(v: number): readonly number[]
  /** Ends of the ways in which a hop u → v can stand here. */
  hopsOf(u: number, v: number): readonly (readonly [from: number, to: number])[]
  /** The walked node that a node stands for. */
  nodeOf(copy: number): number
}

/** Every path of a graph, for those who ask about all. */
export function allPathsOf(
  graph: CompactGraph,
  order: Uint32Array,
  sources: readonly number[],
  sinks: readonly number[],
): PathsOfInterest {
  return {
    graph,
    order,
    sources,
    sinks,
    copiesOf: (v) => [v],
    hopsOf: (u, v) => [[u, v]],
    nodeOf: (copy) => copy,
  }
}

/** The set holds no transparent point: hops are told by the nodes at their ends. */
export function pathsThrough(
  graph: CompactGraph,
  order: Uint32Array,
  sources: readonly number[],
  sinks: readonly number[],
  via: Iterable<number>,
): PathsOfInterest {
  const { nodeCount, edgeCount, source, target, weight } = graph
  const inSet = nodeSet(nodeCount, via)
  const since = (v: number): number => nodeCount + v
  const arrival = (v: number): number => (inSet[v] === 1 ? since(v) : v)
  const from = new Uint32Array(2 * edgeCount)
  const to = new Uint32Array(2 * edgeCount)
  const values = new Float64Array(2 * edgeCount)
  for (let e = 0; e < edgeCount; e++) {
    from[e] = source[e]!
    to[e] = arrival(target[e]!)
    from[edgeCount + e] = since(source[e]!)
    to[edgeCount + e] = since(target[e]!)
  }
  values.set(weight)
  values.set(weight, edgeCount)
  const twice = new Uint32Array(2 * nodeCount)
  twice.set(order)
  twice.set(order.map(since), nodeCount)
  return {
    graph: compactGraph(2 * nodeCount, from, to, values),
    order: twice,
    sources: sources.map(arrival),
    sinks: sinks.map(since),
    copiesOf: (v) => [v, since(v)],
    hopsOf: (u, v) => [
      [u, arrival(v)],
      [since(u), since(v)],
    ],
    nodeOf: (copy) => (copy < nodeCount ? copy : copy - nodeCount),
  }
}

/**
 * How much of the path sum passes each node and edge (algorithms.md A3): F(v)·B(v) and F(u)·w·B(v). Deleting v
 * changes the signed total by exactly −mass(v).
 */
import type { CompactGraph } from './compact-graph.js'
import { distinctNodes, nodeSet } from './node-set.js'
import { type PathSums, sumsFromStarts, sumsToEnds } from './path-sums.js'
import { SCALED_ZERO, type ScaledNumber, scaled, scaledRatio, scaledSum } from './scaled-number.js'

export interface PathMass {
  /** Sums from the sources to each node, and from each node to the sinks. */
  readonly forward: PathSums
  readonly backward: PathSums
  readonly signedTotal: ScaledNumber
  readonly absoluteTotal: ScaledNumber
}

/** Two passes, O(V + E); the masses of single nodes and edges are then products. */
export function pathMass(
  graph: CompactGraph,
  order: Uint32Array,
  sources: Iterable<number>,
  sinks: Iterable<number>,
): PathMass {
  const from = distinctNodes(sources)
  const forward = sumsFromStarts(graph, order, nodeSet(graph.nodeCount, from))
  const backward = sumsToEnds(graph, order, nodeSet(graph.nodeCount, sinks))
  let signedTotal = SCALED_ZERO
  let absoluteTotal = SCALED_ZERO
  for (const s of from) {
    signedTotal = scaledSum(signedTotal, scaled(backward.signed[s]!, backward.block[s]!))
    absoluteTotal = scaledSum(absoluteTotal, scaled(backward.absolute[s]!, backward.block[s]!))
  }
  return { forward, backward, signedTotal, absoluteTotal }
}

/** Signed sum of the products of all paths through node v. */
export function signedNodeMass({ forward, backward }: PathMass, v: number): ScaledNumber {
  return product(forward.signed[v]!, backward.signed[v]!, forward.block[v]! + backward.block[v]!)
}

/** The same on absolute values. */
export function absoluteNodeMass({ forward, backward }: PathMass, v: number): ScaledNumber {
  return product(forward.absolute[v]!, backward.absolute[v]!, forward.block[v]! + backward.block[v]!)
}

/** Signed sum of the products of all paths over the edge; 0 for an edge without a value. */
export function signedEdgeMass(graph: CompactGraph, mass: PathMass, edge: number): ScaledNumber {
  return signedHopMass(mass, graph.source[edge]!, scaledValue(graph, edge), graph.target[edge]!)
}

/** The same on absolute values. */
export function absoluteEdgeMass(graph: CompactGraph, mass: PathMass, edge: number): ScaledNumber {
  return absoluteHopMass(mass, graph.source[edge]!, scaledValue(graph, edge), graph.target[edge]!)
}

/** Signed sum over all paths of u and then v of their products, the value between them told; 0 without one (null). */
export function signedHopMass(
  { forward, backward }: PathMass,
  u: number,
  value: ScaledNumber | null,
  v: number,
): ScaledNumber {
  if (value === null) return SCALED_ZERO
  const after = product(value.mantissa, backward.signed[v]!, value.block + backward.block[v]!)
  return product(forward.signed[u]!, after.mantissa, forward.block[u]! + after.block)
}

/** The same on absolute values. */
export function absoluteHopMass(
  { forward, backward }: PathMass,
  u: number,
  value: ScaledNumber | null,
  v: number,
): ScaledNumber {
  if (value === null) return SCALED_ZERO
  const after = product(Math.abs(value.mantissa), backward.absolute[v]!, value.block + backward.block[v]!)
  return product(forward.absolute[u]!, after.mantissa, forward.block[u]! + after.block)
}

function scaledValue({ weight }: CompactGraph, edge: number): ScaledNumber | null {
  const value = weight[edge]!
  return Number.isNaN(value) ? null : scaled(value)
}

/** Share of the absolute path mass through v, 0…1; null when there is none at all. */
export function absoluteBetweenness(mass: PathMass, v: number): number | null {
  if (mass.absoluteTotal.mantissa === 0) return null
  return scaledRatio(absoluteNodeMass(mass, v), mass.absoluteTotal)
}

/** Share of the signed path sum through v, which may leave [0, 1]; null when that sum is 0. */
export function signedBetweenness(mass: PathMass, v: number): number | null {
  if (mass.signedTotal.mantissa === 0) return null
  return scaledRatio(signedNodeMass(mass, v), mass.signedTotal)
}

/** Signed mantissas may be far below their block: normalised first, so that the product cannot underflow. */
function product(a: number, b: number, block: number): ScaledNumber {
  const x = scaled(a)
  const y = scaled(b)
  return scaled(x.mantissa * y.mantissa, x.block + y.block + block)
}

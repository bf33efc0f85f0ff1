/**
 * What an attribution graph predicts when nodes are zeroed or scaled (semantics.md §1, SCALED_CONTRIBUTION).
 *
 * A[t, s] = a_s · ∂t/∂s already holds the source's activation, so a path through a feature t must be divided by a_t:
 * Ã[t, s] = A[t, s] / a_t for features, A[t, s] for logits. In units of each node's own clean value, holding the set
 * S at λ changes an end by (λ − 1) times the sum over all paths from a member of S to the end that do not meet S
 * again. With λ = 0 that is minus the total through S: each path counts once, by the last member it passes.
 */
import type { CompactGraph } from './compact-graph.js'
import { distinctNodes } from './node-set.js'
import { signedSum, sumsToEnds } from './path-sums.js'
import { toFloat } from './scaled-number.js'

/** A number, or why there is none. */
export type GraphEstimate =
  | { readonly effect: number; readonly reason: null }
  | { readonly effect: null; readonly reason: string }

export interface LinearModel {
  readonly graph: CompactGraph
  readonly order: Uint32Array
  /** 1 for ends, whose inputs are not divided by an activation (logits). */
  readonly isEnd: Uint8Array
  /** a_t by node; null where the file has none. */
  readonly activation: readonly (number | null)[]
  /** How a node is called in a reason. */
  readonly nameOf: (node: number) => string
}

export interface EndWeight {
  readonly node: number
  readonly weight: number
}

/**
 * Change of Σ weight · end when every node of `set` is held at `factor` times its clean value (0: ablation), in the
 * units of the ends; `direction` holds e.g. +1 and −1 for a logit difference. It exists only where every feature on a
 * path from the set to the ends has a nonzero activation; otherwise the reason names one that has not.
 */
export function linearEffect(
  model: LinearModel,
  set: Iterable<number>,
  direction: readonly EndWeight[],
  factor = 0,
): GraphEstimate {
  const { graph, order, nameOf } = model
  const members = distinctNodes(set)
  const outside = new Uint8Array(graph.nodeCount).fill(1)
  for (const v of members) outside[v] = 0
  const ends = new Float64Array(graph.nodeCount)
  for (const { node, weight } of direction) ends[node]! += weight
  const end = members.find((v) => ends[v] !== 0)
  if (end !== undefined) return { effect: null, reason: `${nameOf(end)} is itself the end that is measured` }

  const rescaled = perActivation(model, outside, ends)
  if (typeof rescaled === 'string') return { effect: null, reason: rescaled }
  const sums = sumsToEnds(graph, order, ends, { alive: outside, weight: rescaled })
  let total = 0
  for (const v of members) {
    for (let i = graph.outStart[v]!; i < graph.outStart[v + 1]!; i++) {
      const edge = graph.outEdge[i]!
      const next = graph.target[edge]!
      if (outside[next] === 1 && rescaled[edge] !== 0)
        total += rescaled[edge]! * toFloat(signedSum(sums, next))
    }
  }
  // 0 − 0 instead of −0: nothing is changed where nothing leads to the end.
  return { effect: total === 0 ? 0 : (factor - 1) * total, reason: null }
}

/** Ã by edge id on paths from the set to the ends, 0 elsewhere; or why a value on them cannot be known. */
function perActivation(model: LinearModel, outside: Uint8Array, ends: Float64Array): Float64Array | string {
  const { graph, order, isEnd, activation, nameOf } = model
  const { source, target, weight } = graph
  const carries = (edge: number): boolean => weight[edge] !== 0 && outside[target[edge]!] === 1
  const reached = outside.map((free) => (free === 1 ? 0 : 1))
  for (const v of order) {
    for (let i = graph.outStart[v]!; reached[v] === 1 && i < graph.outStart[v + 1]!; i++) {
      if (carries(graph.outEdge[i]!)) reached[target[graph.outEdge[i]!]!] = 1
    }
  }
  const leading = Uint8Array.from(ends, (value) => (value === 0 ? 0 : 1))
  for (let done = order.length - 1; done >= 0; done--) {
    const v = order[done]!
    for (let i = graph.outStart[v]!; i < graph.outStart[v + 1]!; i++) {
      const edge = graph.outEdge[i]!
      if (carries(edge) && leading[target[edge]!] === 1) leading[v] = 1
    }
  }
  const rescaled = new Float64Array(graph.edgeCount)
  for (let e = 0; e < graph.edgeCount; e++) {
    const t = target[e]!
    if (!carries(e) || reached[source[e]!] === 0 || leading[t] === 0) continue
    if (Number.isNaN(weight[e]!))
      return `the edge from ${nameOf(source[e]!)} to ${nameOf(t)} lies on a path to the end and has no value`
    const value = isEnd[t] === 1 ? 1 : (activation[t] ?? null)
    if (value === null || value === 0)
      return `${nameOf(t)} lies on a path to the end and ${value === 0 ? 'its activation is 0' : 'has no activation'}`
    rescaled[e] = weight[e]! / value
  }
  return rescaled
}

/**
 * Effect of zeroing every node and cutting every edge of a linear graph, each alone, from one pass (semantics.md §1):
 * the first-order view, in which gradient × change and removal are the same number. With the totals
 * B(v) = Σ_out c(v→t) · B(t) + end(v), setting v to b changes the ends by (b − u_v) · B(v), and the edge s→t alone by
 * (b − u_s) · c(s→t) · B(t), in the working units of `linearEffect`.
 */
import { injection } from './linear-effect.js'
import type { EndWeight, GraphEstimate, LinearModel } from './linear-model.js'
import { signedSum, sumsToEnds } from './path-sums.js'
import { toFloat } from './scaled-number.js'

export interface LinearGradient {
  /** Effect of setting the node to `value`, activation units. */
  readonly node: (node: number, value: number) => GraphEstimate
  /** Effect of `value` in place of the edge's source, for its reader alone. */
  readonly edge: (edge: number, value: number) => GraphEstimate
}

/** `reach` DIRECT counts only what an edge into an end carries itself. O(V + E). */
export function linearGradient(
  model: LinearModel,
  direction: readonly EndWeight[],
  reach: 'ALL_PATHS' | 'DIRECT',
): LinearGradient {
  const { graph, order, isEnd, activation, nameOf } = model
  const { source, target, weight, outStart, outEdge } = graph
  const ends = new Float64Array(graph.nodeCount)
  for (const { node, weight: own } of direction) ends[node]! += own
  const coefficient = new Float64Array(graph.edgeCount)
  /** Why the total of a node is not known. */
  const unknown = new Map<number, string>()
  const leading = Uint8Array.from(ends, (value) => Number(value !== 0))
  const unitProblem = (node: number): string | null => {
    if (model.edges === 'DERIVATIVE' || isEnd[node] === 1) return null
    const value = activation[node] ?? null
    if (value !== null && value !== 0) return null
    return `${nameOf(node)} lies on a path to the end and ${value === 0 ? 'its activation is 0' : 'has no activation'}`
  }
  for (let done = order.length - 1; done >= 0; done--) {
    const v = order[done]!
    for (let i = outStart[v]!; i < outStart[v + 1]!; i++) {
      const edge = outEdge[i]!
      const t = target[edge]!
      if (weight[edge] === 0 || leading[t] === 0 || (reach === 'DIRECT' && ends[t] === 0)) continue
      const problem = unitProblem(t) ?? unknown.get(t)
      if (problem !== undefined) unknown.set(v, problem)
      else
        coefficient[edge] =
          weight[edge]! / (model.edges === 'DERIVATIVE' || isEnd[t] === 1 ? 1 : activation[t]!)
      if (reach === 'ALL_PATHS') leading[v] = 1
    }
  }
  const sums = sumsToEnds(graph, order, ends, { weight: coefficient })
  const effect = (v: number, value: number, total: number): GraphEstimate => {
    if (total === 0) return { effect: 0, reason: null }
    const change = injection(model, v, 0, value)
    return typeof change === 'string'
      ? { effect: null, reason: change }
      : { effect: change * total + 0, reason: null }
  }
  return {
    node: (node, value) => {
      if (ends[node] !== 0) return { effect: null, reason: 'the node is the end that is measured' }
      const reason = unknown.get(node)
      if (reason !== undefined) return { effect: null, reason }
      return effect(node, value, toFloat(signedSum(sums, node)))
    },
    edge: (edge, value) => {
      const t = target[edge]!
      const isKnown = leading[t] === 1 && weight[edge] !== 0
      const reason = isKnown ? (unitProblem(t) ?? unknown.get(t)) : undefined
      if (reason !== undefined) return { effect: null, reason }
      return effect(source[edge]!, value, coefficient[edge]! * toFloat(signedSum(sums, t)))
    },
  }
}

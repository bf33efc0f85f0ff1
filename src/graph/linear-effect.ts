/**
 * What a linear graph predicts when nodes are zeroed, scaled, set or added to and edges are cut (semantics.md §1).
 *
 * With c(s→t) the edge in working units (Ã for contributions, w for derivatives), u_s the clean value in them (1, or
 * z_s), and each changed node's value multiplied by f and raised by b, the change δ of every node solves
 *   δ_v = f_v · (Σ_kept c(s→v) δ_s − Σ_cut c(s→v) u_s) + (f_v − 1) u_v + b_v,
 * so an end changes by the injected terms times their sums of path products to it: one pass from the ends. Holding a
 * set at 0 changes a logit by minus the total through the set, each path counted once, by the last member it passes.
 */
import type { EndWeight, GraphEstimate, LinearChange, LinearModel } from './linear-model.js'
import { signedSum, sumsToEnds } from './path-sums.js'
import { toFloat } from './scaled-number.js'

/**
 * Change of Σ weight · end, in the units of the ends; `direction` holds e.g. +1 and −1 for a logit difference, and may
 * name features, whose unit is their activation. It exists only where every value that it takes is known: otherwise
 * the reason names what is missing. O(V + E).
 */
export function linearEffect(
  model: LinearModel,
  change: LinearChange,
  direction: readonly EndWeight[],
): GraphEstimate {
  const { graph, order, activation, isEnd, nameOf } = model
  const ends = new Float64Array(graph.nodeCount)
  for (const { node, weight } of direction) {
    if (isEnd[node] === 1 && change.nodes.has(node))
      return none(`${nameOf(node)} is itself the end that is measured`)
    const unit = isEnd[node] === 1 || model.edges === 'DERIVATIVE' ? 1 : activation[node]
    if (unit == null || unit === 0)
      return none(`${nameOf(node)} has ${unit === 0 ? 'an activation of 0' : 'no activation'}`)
    ends[node]! += weight * unit
  }
  const touched = affected(model, change, ends)
  const made = coefficients(model, change, touched)
  if (typeof made === 'string') return none(made)
  const sums = sumsToEnds(graph, order, ends, { weight: made.passing })
  let total = 0
  for (const [node, { factor, added }] of change.nodes) {
    if (touched.leading[node] === 0) continue
    const injected = injection(model, node, factor, added)
    if (typeof injected === 'string') return none(injected)
    if (injected !== 0) total += injected * toFloat(signedSum(sums, node))
  }
  for (const [edge, lost] of made.lost) total -= lost * toFloat(signedSum(sums, graph.target[edge]!))
  // 0 − 0 instead of −0: nothing is changed where nothing leads to the end.
  return { effect: total === 0 ? 0 : total, reason: null }
}

interface Affected {
  /** 1 for nodes that lead to the ends through kept edges and nodes that are not held. */
  readonly leading: Uint8Array
  /** 1 for nodes whose value may change. */
  readonly moved: Uint8Array
}

function affected(
  { graph, order }: LinearModel,
  { nodes, edges }: LinearChange,
  ends: Float64Array,
): Affected {
  const { outStart, outEdge, target, weight } = graph
  const held = (node: number): boolean => nodes.get(node)?.factor === 0
  const carries = (edge: number): boolean => weight[edge] !== 0 && !held(target[edge]!)
  const moved = new Uint8Array(graph.nodeCount)
  for (const node of nodes.keys()) moved[node] = 1
  for (const edge of edges) if (carries(edge)) moved[target[edge]!] = 1
  for (const v of order) {
    for (let i = outStart[v]!; moved[v] === 1 && i < outStart[v + 1]!; i++) {
      const edge = outEdge[i]!
      if (carries(edge) && !edges.has(edge)) moved[target[edge]!] = 1
    }
  }
  const leading = Uint8Array.from(ends, (value) => Number(value !== 0))
  for (let done = order.length - 1; done >= 0; done--) {
    const v = order[done]!
    for (let i = outStart[v]!; i < outStart[v + 1]!; i++) {
      const edge = outEdge[i]!
      if (carries(edge) && !edges.has(edge) && leading[target[edge]!] === 1) leading[v] = 1
    }
  }
  return { leading, moved }
}

/**
 * f_t · c by edge id where a change passes on its way to the ends, 0 elsewhere, and f_t · c · u_s of cut edges; or why
 * one of these values cannot be known.
 */
function coefficients(
  model: LinearModel,
  { nodes, edges }: LinearChange,
  { leading, moved }: Affected,
): { readonly passing: Float64Array; readonly lost: readonly (readonly [number, number])[] } | string {
  const { graph, activation, isEnd, nameOf } = model
  const { source, target, weight } = graph
  const passing = new Float64Array(graph.edgeCount)
  const lost: [number, number][] = []
  for (let e = 0; e < graph.edgeCount; e++) {
    const [s, t] = [source[e]!, target[e]!]
    const isCut = edges.has(e)
    const factor = nodes.get(t)?.factor ?? 1
    if (weight[e] === 0 || factor === 0 || leading[t] === 0 || (!isCut && moved[s] === 0)) continue
    if (Number.isNaN(weight[e]!))
      return `the edge from ${nameOf(s)} to ${nameOf(t)} lies on a path to the end and has no value`
    let value = weight[e]! * factor
    if (model.edges === 'CONTRIBUTION' && isEnd[t] === 0) {
      const unit = activation[t] ?? null
      if (unit === null || unit === 0)
        return `${nameOf(t)} lies on a path to the end and ${unit === 0 ? 'its activation is 0' : 'has no activation'}`
      value /= unit
    }
    if (!isCut) passing[e] = value
    else if (model.edges === 'CONTRIBUTION') lost.push([e, value])
    else if (activation[s] != null) lost.push([e, value * activation[s]!])
    else return `${nameOf(s)} has no activation, so what its edge carries is not known`
  }
  return { passing, lost }
}

/** (f − 1) · u + b of a changed node in working units, or why it cannot be known. */
export function injection(
  { edges, activation, nameOf }: LinearModel,
  node: number,
  factor: number,
  added: number,
): number | string {
  const value = activation[node] ?? null
  if (edges === 'DERIVATIVE') {
    if (factor === 1) return added
    return value === null
      ? `${nameOf(node)} has no activation, so its change is not known`
      : (factor - 1) * value + added
  }
  if (added === 0) return factor - 1
  if (value === null || value === 0)
    return `${nameOf(node)} ${value === 0 ? 'has an activation of 0' : 'has no activation'}, so the graph does not say what another value would do`
  return factor - 1 + added / value
}

function none(reason: string): GraphEstimate {
  return { effect: null, reason }
}

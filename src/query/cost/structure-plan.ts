/** Plans of questions of structure: passes over the graph that they walk, as plain arithmetic. */
import type { LinkPolicy } from '../graph-expression.js'
import { conditionsIn } from './filter-conditions.js'
import {
  type AttachedEnds,
  type GraphFacts,
  type GraphSize,
  pathLength,
  sizeOf,
  walkSize,
} from './graph-facts.js'
import { type PatternFacts, productSize } from './pattern-cost.js'
import type { PlanStep } from './plan-step.js'

/** Passes over nodes and edges that each step takes; what is spent is counted by the same ones. */
export const PASSES = {
  /** Rows by source and by target, then the order. */
  walk: 3,
  /** Finding the product, its rows, its order. */
  pattern: 4,
  /** Signed and absolute sums at once. */
  totals: 1,
  /** Looking for edges without a value: forwards and backwards. */
  unvalued: 2,
  /** The best key of every node, for the paths that have a product and for those that have none. */
  ranking: 2,
  count: 1,
  /** Counting, dominators, the critical path, what no cut can break; finding the cut takes one more per disjoint path. */
  bottlenecks: 7,
  reach: 1,
  /** Shares, influence, their order, both scores. */
  influence: 4,
  /** Influence twice, of nodes and of edges, and what is left hanging. */
  pruning: 7,
  induce: 2,
} as const

export interface WalkedQuestion {
  readonly links: LinkPolicy
  readonly ends: AttachedEnds
}

export interface RankedQuestion extends WalkedQuestion {
  readonly pattern: PatternFacts | null
  /** Paths that are passed over and told. */
  readonly paths: number
  readonly multiplies: boolean
}

export function pathsPlan(facts: GraphFacts, question: RankedQuestion): readonly PlanStep[] {
  const { links, pattern, paths, multiplies } = question
  const { steps, size } = walked(facts, question)
  const long = pathLength(facts) * (pattern === null ? 1 : 2)
  return [
    ...steps,
    ...(multiplies ? [pass('sum over all paths', 1, size, totalPasses(facts, links))] : []),
    {
      ...pass('rank the paths', paths, size, PASSES.ranking),
      work: PASSES.ranking * sizeOf(size) + paths * pathWork(long, size),
    },
    pass('count all paths', 1, size, PASSES.count),
    ...hiddenPlan(facts, question),
  ]
}

/** Counting the paths that OV_ONLY leaves out. */
function hiddenPlan(
  facts: GraphFacts,
  question: WalkedQuestion & { readonly pattern: PatternFacts | null },
): readonly PlanStep[] {
  const { links } = question
  if (facts.stream === null || links.attention !== 'OV_ONLY') return []
  const { steps, size } = walked(facts, { ...question, links: { ...links, attention: 'OV_AND_QK' } })
  return [
    ...steps.map((step) => ({ ...step, step: `${step.step}, with q and k` })),
    pass('count the paths through q and k', 1, size, PASSES.count),
  ]
}

export function flowPlan(
  facts: GraphFacts,
  question: WalkedQuestion & { readonly via: boolean },
): readonly PlanStep[] {
  const { steps, size } = walked(facts, { ...question, pattern: null })
  // What passes a set is looked for in two copies of the graph, before the set and behind it.
  const [counts, sums] = question.via ? [2, 3] : [1, 1]
  return [
    ...steps,
    pass('count all paths', 1, size, counts * PASSES.count),
    pass('sum over all paths', 1, size, sums * totalPasses(facts, question.links)),
    ...hiddenPlan(facts, { ...question, pattern: null }),
  ]
}

/** Disjoint paths that are taken for granted before the cut is known. */
const EXPECTED_CUT = 8

export function bottlenecksPlan(facts: GraphFacts, question: WalkedQuestion): readonly PlanStep[] {
  const { steps, size } = walked(facts, { ...question, pattern: null })
  return [...steps, pass('dominators, cut and critical path', 1, size, PASSES.bottlenecks + EXPECTED_CUT)]
}

export function influencePlan({ nodes, edges }: GraphSize): readonly PlanStep[] {
  const size = { nodes, edges }
  return [
    pass('walk the graph', edges, size, PASSES.walk),
    pass('influence of every node', nodes, size, PASSES.influence),
  ]
}

/** Strengths of all nodes and edges, and the influence that may stand behind them. */
export function strongestWork({ nodes, edges }: GraphSize): number {
  return (PASSES.walk + PASSES.influence) * (nodes + edges)
}

/** Rows of a list: filtered, and sorted where an order is asked for. */
export function listPlan(rows: number, filter: object | null, ordered: boolean): readonly PlanStep[] {
  const filtered = {
    step: 'filter',
    place: 'PROCESS',
    rows,
    work: rows * (1 + conditionsIn(filter)),
  } as const
  return ordered
    ? [filtered, { step: 'sort', place: 'PROCESS', rows, work: rows * Math.ceil(Math.log2(rows + 2)) }]
    : [filtered]
}

/** One link of a told path: the heap of its node is set right. */
export function pathWork(links: number, { nodes, edges }: GraphSize): number {
  return links * (1 + Math.ceil(Math.log2(2 + edges / Math.max(1, nodes))))
}

/** The walk of a question, with the product with its pattern. */
export function walked(
  facts: GraphFacts,
  { links, ends, pattern }: WalkedQuestion & { readonly pattern: PatternFacts | null },
): { readonly steps: readonly PlanStep[]; readonly size: GraphSize } {
  const size = walkSize(facts, links, ends)
  const walk = pass('walk the graph', size.edges, size, PASSES.walk)
  if (pattern === null) return { steps: [walk], size }
  const product = productSize(size, pattern)
  return {
    steps: [walk, pass('match the pattern', product.edges, product, PASSES.pattern)],
    size: product,
  }
}

function totalPasses({ stream }: GraphFacts, { attention }: LinkPolicy): number {
  const control = stream !== null && attention === 'OV_AND_QK'
  return PASSES.totals + (control || stream === null ? PASSES.unvalued : 0)
}

export function pass(step: string, rows: number, size: GraphSize, times: number): PlanStep {
  return { step, place: 'PROCESS', rows, work: times * sizeOf(size) }
}

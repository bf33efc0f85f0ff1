/** Plans of derived graphs. How much an operator leaves is not known before it runs: a graph is planned as if all were left. */
import { LimitExceeded } from '../../domain/errors.js'
import type { GraphExpression, LinkPolicy, NodeSelector, PathEnd } from '../graph-expression.js'
import type { PathPattern } from '../pattern/path-pattern.js'
import { MOST_STATES, patternAutomaton } from '../pattern/pattern-automaton.js'
import { patternOf } from '../pattern/pattern-of.js'
import { conditionsIn } from './filter-conditions.js'
import { type AttachedEnds, type GraphFacts, NO_ENDS, pathLength, sizeOf } from './graph-facts.js'
import { type PatternFacts, patternFacts } from './pattern-cost.js'
import type { PlanStep } from './plan-step.js'
import { PASSES, pass, pathWork, strongestWork, walked } from './structure-plan.js'

export function expressionPlan(facts: GraphFacts, expression: GraphExpression): readonly PlanStep[] {
  const all = (parts: readonly GraphExpression[]): PlanStep[] =>
    parts.flatMap((part) => expressionPlan(facts, part))
  const nodesOf = (...selectors: readonly (NodeSelector | null)[]): PlanStep[] =>
    selectors.flatMap((one) => (one?.kind === 'expression' ? expressionPlan(facts, one.expression) : []))
  const induce = pass('keep what is left', facts.edges, facts, PASSES.induce)
  const reached = (links: LinkPolicy, passes: number, ...from: readonly NodeSelector[]): PlanStep[] => {
    const { steps, size } = walked(facts, { links, ends: NO_ENDS, pattern: null })
    const reach = pass(expression.kind, size.nodes, size, passes * PASSES.reach)
    return [...nodesOf(...from), ...steps, reach, induce]
  }
  switch (expression.kind) {
    case 'nodes':
    case 'edges': {
      const rows = expression.kind === 'nodes' ? facts.nodes : facts.edges
      const work = rows * (1 + conditionsIn(expression.where)) + facts.nodes
      return [{ step: expression.kind, place: 'PROCESS', rows, work }, induce]
    }
    case 'upstreamOf':
    case 'downstreamOf':
    case 'neighbourhood':
      return reached(expression.links, 1, expression.of)
    case 'between':
      return reached(expression.links, 2, expression.from, expression.to)
    case 'strongest':
      return [{ ...pass('strongest', expression.first, facts, 1), work: strongestWork(facts) }, induce]
    case 'influence':
      return [pass('influence', facts.edges, facts, PASSES.walk + PASSES.pruning), induce]
    case 'paths':
      return [
        ...nodesOf(ownNodes(expression.from), ownNodes(expression.to)),
        ...pathsPlan(facts, expression),
        induce,
      ]
    case 'union':
    case 'intersection':
      return [...all(expression.of), { ...induce, step: expression.kind }]
    case 'difference':
      return [...all([expression.of, ...expression.minus]), { ...induce, step: 'difference' }]
    case 'without':
      return [...nodesOf(expression.nodes), induce]
    case 'collapse': {
      const { steps } = walked(facts, { links: expression.links, ends: NO_ENDS, pattern: null })
      return [...steps, pass('collapse', facts.nodes, facts, PASSES.induce), induce]
    }
    case 'unroll': {
      // A run forwards, and every derivative once; those of attention grow with the square of the prompt.
      const { prompt } = expression
      const positions = prompt.kind === 'tokens' ? prompt.tokens.length : prompt.text.length
      const work = positions * sizeOf(facts) * (2 + positions)
      return [{ step: 'unroll', place: 'ENGINE', rows: positions, work }]
    }
    case 'graph':
      // How large it is shows when it is opened; reading it is planned in rows.
      return [{ step: `open the ${expression.graph.type}`, place: 'DATABASE', rows: 1, work: 0 }]
    case 'pipe':
      return all(expression.steps)
    default:
      return expression satisfies never
  }
}

function ownNodes(end: PathEnd | null): NodeSelector | null {
  return end?.kind === 'nodes' ? end.nodes : null
}

function pathsPlan(
  facts: GraphFacts,
  { pattern, from, to, first, links }: Extract<GraphExpression, { kind: 'paths' }>,
): readonly PlanStep[] {
  const ends: AttachedEnds = { tokens: Number(from?.kind === 'token'), logits: Number(to?.kind === 'logit') }
  const matched = pattern === null ? null : checkedPattern(patternOf(pattern))
  const { steps, size } = walked(facts, { links, ends, pattern: matched })
  const long = pathLength(facts) * (pattern === null ? 1 : 2)
  const rank = pass('rank the paths', first, size, PASSES.ranking)
  return [...steps, { ...rank, work: rank.work + first * pathWork(long, size) }]
}

/** Throws COST_EXCEEDED for a pattern of too many states. */
export function checkedPattern(pattern: PathPattern): PatternFacts {
  const automaton = patternAutomaton(pattern)
  if (automaton !== null) return patternFacts(automaton)
  throw new LimitExceeded(
    `the pattern comes to more than ${MOST_STATES} states`,
    { path: 'pattern', hint: 'repeat less: every repetition that is counted is a copy' },
    'COST_EXCEEDED',
  )
}

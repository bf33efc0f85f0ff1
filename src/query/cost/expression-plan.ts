/** Plans of derived graphs. How much an operator leaves is not known before it runs: a graph is planned as if all were left. */
import type { GraphExpression, LinkPolicy } from '../graph-expression.js'
import { conditionsIn } from './filter-conditions.js'
import { type GraphFacts, NO_ENDS } from './graph-facts.js'
import type { PlanStep } from './plan-step.js'
import { PASSES, pass, walked } from './structure-plan.js'

export function expressionPlan(facts: GraphFacts, expression: GraphExpression): readonly PlanStep[] {
  const induce = pass('keep what is left', facts.edges, facts, PASSES.induce)
  const reached = (links: LinkPolicy, passes: number): readonly PlanStep[] => {
    const { steps, size } = walked(facts, { links, ends: NO_ENDS, pattern: null })
    return [...steps, pass(expression.kind, size.nodes, size, passes * PASSES.reach), induce]
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
      return reached(expression.links, 1)
    case 'between':
      return reached(expression.links, 2)
    case 'influence':
      return [pass('influence', facts.edges, facts, PASSES.walk + PASSES.pruning), induce]
    case 'pipe':
      return expression.steps.flatMap((step) => expressionPlan(facts, step))
    default:
      return expression satisfies never
  }
}

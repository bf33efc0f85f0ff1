/** What walking a graph and matching a pattern took, as the plan counts it. */
import { visitsOf } from '../graph/compact-graph.js'
import { PASSES } from '../query/cost/structure-plan.js'
import type { QuestionWalk } from './question-walk.js'
import type { Asking } from './use-cases.js'

export function spendPasses({ meter }: Asking, { graph }: Pick<QuestionWalk, 'graph'>, passes: number): void {
  meter?.spend(passes * visitsOf(graph))
}

export function spendWalk(asking: Asking, walk: QuestionWalk, product: QuestionWalk | null): void {
  spendPasses(asking, walk, PASSES.walk)
  if (product !== null) spendPasses(asking, product, PASSES.pattern)
}

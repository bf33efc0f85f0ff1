/** The plan of any question: which steps it takes where, with estimated rows and work, before any of it runs. */
import { expressionPlan } from '../../query/cost/expression-plan.js'
import type { GraphFacts, GraphSize } from '../../query/cost/graph-facts.js'
import type { PlanStep } from '../../query/cost/plan-step.js'
import { bottlenecksPlan, flowPlan, influencePlan, listPlan } from '../../query/cost/structure-plan.js'
import { EXISTENCE_LINKS, PRODUCT_LINKS } from '../../query/graph-expression.js'
import type { Scores } from '../../query/node-filter.js'
import { runsAModel } from '../sparse-setting.js'
import type { OpenGraph } from '../use-cases.js'
import type { AskedQuestion } from './asked-question.js'
import { graphFactsOf } from './graph-facts-of.js'
import { endsOf, planPaths } from './plan-paths.js'
import { planRuns } from './plan-runs.js'
import type { PlanDeps } from './plan-setting.js'

/** Throws what the question itself would throw for ends, patterns, prompts and selections that cannot be. */
export async function planQuestion(
  open: OpenGraph,
  asked: AskedQuestion,
  scores: Scores,
  deps: PlanDeps,
): Promise<readonly PlanStep[]> {
  const { nodes, edges } = open.graph
  const facts = (): Promise<GraphFacts> => graphFactsOf(open.graph, deps.library)
  switch (asked.ask) {
    case 'nodes':
      return listPlan(nodes.length, asked.question.filter, asked.question.orderBy !== null)
    case 'edges':
      return listPlan(edges.count, asked.question.filter, asked.question.orderBy !== null)
    case 'columns':
      return listPlan(nodes.length + edges.count, asked.question.edges, false)
    case 'select':
      return expressionPlan(await facts(), asked.question)
    case 'paths':
      return planPaths(open, asked.question, await facts(), scores, deps.library)
    case 'flow': {
      const { links, via } = asked.question
      const ends = endsOf(asked.question)
      return flowPlan(await facts(), { links: links ?? PRODUCT_LINKS, ends, via: via !== null })
    }
    case 'bottlenecks': {
      const links = asked.question.links ?? EXISTENCE_LINKS
      return bottlenecksPlan(await facts(), { links, ends: endsOf(asked.question) })
    }
    case 'influence':
      return influencePlan({ nodes: nodes.length, edges: edges.count })
    case 'run':
    case 'ablate':
    case 'attribute':
    case 'check':
    case 'faithfulness':
    case 'evaluate':
    case 'activations':
      return runsAModel(open)
        ? planRuns(open, asked, scores, deps)
        : arithmetic({ nodes: nodes.length, edges: edges.count }, asked)
    default:
      return asked satisfies never
  }
}

/** Without a model an answer is linear arithmetic on the graph: a pass, or one per element. */
function arithmetic(facts: GraphSize, asked: AskedQuestion): readonly PlanStep[] {
  const each =
    asked.ask === 'ablate' &&
    !(asked.question.sweep.kind === 'preset' && asked.question.sweep.preset === 'TOGETHER')
  const rows = each ? facts.nodes : 1
  const size = facts.nodes + facts.edges
  return [{ step: 'linear arithmetic on the graph', place: 'PROCESS', rows, work: size * (4 + rows) }]
}

/**
 * The same use cases, each question planned before it runs and refused where its work is above the limit. What was
 * estimated and what was spent is noted on the meter of the request.
 */
import { LimitExceeded } from '../../domain/errors.js'
import { type PlanStep, workOf } from '../../query/cost/plan-step.js'
import type { OpenGraph, UseCases } from '../use-cases.js'
import type { WorkMeter } from '../work-meter.js'
import type { AskedQuestion } from './asked-question.js'
import type { PlannedUseCases } from './planned-use-case.js'

export function withinWork(useCases: UseCases, limit: number, meter: WorkMeter): UseCases {
  const checked = async (graph: OpenGraph, asked: AskedQuestion): Promise<readonly PlanStep[]> => {
    const steps = await useCases.plan(graph, asked)
    checkWork(asked.ask, steps, limit)
    meter.expect(workOf(steps))
    return steps
  }
  const ran = async <Answer extends { readonly evaluations: number }>(
    graph: OpenGraph,
    asked: AskedQuestion,
    run: () => Promise<Answer | { readonly execution: Answer }>,
  ): Promise<never> => {
    const steps = await checked(graph, asked)
    const answer = await run()
    const { evaluations } = 'execution' in answer ? answer.execution : answer
    meter.spend(runsWork(steps, evaluations))
    return answer as never
  }
  const planned: PlannedUseCases = {
    select: async (graph, question, asking) => {
      await checked(graph, { ask: 'select', question })
      return useCases.select(graph, question, asking)
    },
    nodes: async (graph, question) => {
      meter.spend(workOf(await checked(graph, { ask: 'nodes', question })))
      return useCases.nodes(graph, question)
    },
    edges: async (graph, question) => {
      meter.spend(workOf(await checked(graph, { ask: 'edges', question })))
      return useCases.edges(graph, question)
    },
    columns: async (graph, question, asking) => {
      meter.spend(workOf(await checked(graph, { ask: 'columns', question })))
      return useCases.columns(graph, question, asking)
    },
    askPaths: async (graph, question, asking) => {
      await checked(graph, { ask: 'paths', question })
      return useCases.askPaths(graph, question, asking)
    },
    askFlow: async (graph, question, asking) => {
      await checked(graph, { ask: 'flow', question })
      return useCases.askFlow(graph, question, asking)
    },
    askBottlenecks: async (graph, question, asking) => {
      await checked(graph, { ask: 'bottlenecks', question })
      return useCases.askBottlenecks(graph, question, asking)
    },
    askInfluence: async (graph, question, asking) => {
      meter.spend(workOf(await checked(graph, { ask: 'influence', question })))
      return useCases.askInfluence(graph, question, asking)
    },
    run: (graph, question, asking) =>
      ran(graph, { ask: 'run', question }, () => useCases.run(graph, question, asking)),
    ablate: (graph, question, asking) =>
      ran(graph, { ask: 'ablate', question }, () => useCases.ablate(graph, question, asking)),
    attribute: (graph, question, asking) =>
      ran(graph, { ask: 'attribute', question }, () => useCases.attribute(graph, question, asking)),
    checkAttribution: (graph, question, answer, check, asking) =>
      ran(graph, { ask: 'check', question, check }, () =>
        useCases.checkAttribution(graph, question, answer, check, asking),
      ),
    faithfulness: (graph, question, asking) =>
      ran(graph, { ask: 'faithfulness', question }, () => useCases.faithfulness(graph, question, asking)),
    evaluateTask: (graph, question, asking) =>
      ran(graph, { ask: 'evaluate', question }, () => useCases.evaluateTask(graph, question, asking)),
    activations: (graph, node, question, asking) =>
      ran(graph, { ask: 'activations', node, question }, () =>
        useCases.activations(graph, node, question, asking),
      ),
  }
  return { ...useCases, ...planned }
}

/** Throws COST_EXCEEDED with cost, limit and the step to shrink. */
export function checkWork(ask: string, steps: readonly PlanStep[], limit: number): void {
  const cost = workOf(steps)
  if (cost <= limit) return
  const largest = steps.reduce((a, b) => (b.work > a.work ? b : a))
  const shrink =
    largest.place === 'ENGINE'
      ? 'take fewer prompts, elements or replacements, or ask it as a job with startQuestion'
      : 'narrow its ends or pattern, ask for fewer rows, or select a smaller graph first'
  throw new LimitExceeded(
    `${ask} would take about ${cost.toPrecision(3)} visits and multiply-adds, the limit is ${limit}`,
    {
      hint: `most of it is “${largest.step}” (${largest.rows} rows): ${shrink}`,
      facts: { cost: Number.isFinite(cost) ? Math.ceil(cost) : String(cost), limit, unit: 'work' },
    },
    'COST_EXCEEDED',
  )
}

/** What that many runs cost, at the mean price of the planned ones. */
function runsWork(steps: readonly PlanStep[], evaluations: number): number {
  const engine = steps.filter(({ place }) => place === 'ENGINE')
  const runs = engine.reduce((sum, { rows }) => sum + rows, 0)
  if (runs === 0) return workOf(steps)
  return (evaluations * workOf(engine)) / runs
}

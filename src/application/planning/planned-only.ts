/**
 * The same use cases, whose questions are planned and not run: what each would take is noted, and no answer given.
 * Graphs and lists of circuits are read, because plans are made of what they hold.
 */
import { Unavailable } from '../../domain/errors.js'
import { printGlobalId } from '../../domain/global-id.js'
import { type PlanStep, workOf } from '../../query/cost/plan-step.js'
import { necessaryCondition } from '../../query/pattern/necessary-condition.js'
import { patternOf } from '../../query/pattern/pattern-of.js'
import type { Page } from '../answers.js'
import type { OpenGraph, UseCases } from '../use-cases.js'
import type { WorkMeter } from '../work-meter.js'
import type { AskedQuestion } from './asked-question.js'
import type { PlannedUseCases } from './planned-use-case.js'

/** The plan of one field. A graph that a selection before it would make is planned as if the selection kept everything. */
export interface QuestionPlan {
  readonly ask: AskedQuestion['ask'] | 'open' | 'circuits' | 'match' | 'components'
  /** Global id of the graph that is asked, or of the one that it would be selected from; null for the catalogue. */
  readonly graph: string | null
  readonly work: number
  readonly steps: readonly PlanStep[]
}

const NO_ROWS: Page<never> = { rows: [], hasNextPage: false, hasPreviousPage: false, totalCount: 0 }

export function plannedOnly(useCases: UseCases, plans: QuestionPlan[], meter: WorkMeter): UseCases {
  const noted = async (graph: OpenGraph, asked: AskedQuestion): Promise<void> => {
    const steps = await useCases.plan(graph, asked)
    const work = workOf(steps)
    meter.expect(work)
    plans.push({ ask: asked.ask, graph: printGlobalId(graph.type, graph.id), work, steps })
  }
  const instead = async (graph: OpenGraph, asked: AskedQuestion): Promise<never> => {
    await noted(graph, asked)
    throw new Unavailable('the question was planned, not asked', {}, 'CANCELLED')
  }
  // Reading is planned in rows: it visits nothing and multiplies nothing.
  const read = (
    ask: 'open' | 'circuits' | 'components',
    graph: string | null,
    step: string,
    rows: number,
  ): void => {
    const steps = [{ step, place: 'DATABASE', rows, work: 0 }] as const
    plans.push({ ask, graph, work: 0, steps })
  }
  const planned: PlannedUseCases = {
    select: async (graph, question) => {
      await noted(graph, { ask: 'select', question })
      return graph
    },
    nodes: async (graph, question) => {
      await noted(graph, { ask: 'nodes', question })
      return NO_ROWS
    },
    edges: async (graph, question) => {
      await noted(graph, { ask: 'edges', question })
      return NO_ROWS
    },
    columns: (graph, question) => instead(graph, { ask: 'columns', question }),
    askPaths: (graph, question) => instead(graph, { ask: 'paths', question }),
    askFlow: (graph, question) => instead(graph, { ask: 'flow', question }),
    askBottlenecks: (graph, question) => instead(graph, { ask: 'bottlenecks', question }),
    askInfluence: (graph, question) => instead(graph, { ask: 'influence', question }),
    run: (graph, question) => instead(graph, { ask: 'run', question }),
    ablate: (graph, question) => instead(graph, { ask: 'ablate', question }),
    attribute: (graph, question) => instead(graph, { ask: 'attribute', question }),
    checkAttribution: (graph, question, _answer, check) => instead(graph, { ask: 'check', question, check }),
    faithfulness: (graph, question) => instead(graph, { ask: 'faithfulness', question }),
    evaluateTask: (graph, question) => instead(graph, { ask: 'evaluate', question }),
    activations: (graph, node, question) => instead(graph, { ask: 'activations', node, question }),
  }
  return {
    ...useCases,
    findCircuits: async (question) => {
      const page = await useCases.findCircuits(question)
      read('circuits', null, 'find circuits', page.rows.length)
      return page
    },
    openCircuit: async (id, asking) => {
      const open = await useCases.openCircuit(id, asking)
      const { nodes, edges } = open.graph
      read('open', printGlobalId('circuit', id), 'read the circuit', nodes.length + edges.count)
      return open
    },
    matchCircuits: async ({ pattern, where }) => {
      const needed = [where, necessaryCondition(patternOf(pattern, 'pattern'))].filter(
        (part) => part !== null,
      )
      const condition = needed.length === 0 ? null : ({ kind: 'and', of: needed } as const)
      const page = { first: 1, after: null, last: null, before: null }
      const { totalCount } = await useCases.findCircuits({ where: condition, orderBy: null, page })
      plans.push({
        ...{ ask: 'match', graph: null, work: 0 },
        steps: [
          { step: 'circuits that hold what a match needs', place: 'INDEX', rows: totalCount, work: 0 },
          // What a circuit takes shows when it is opened: there as many as the page needs are.
          { step: 'match the pattern in each', place: 'PROCESS', rows: totalCount, work: 0 },
        ],
      })
      return { ...NO_ROWS, skipped: [] }
    },
    componentUses: async () => {
      read('components', null, 'nodes that stand at the place', 1)
      return NO_ROWS
    },
    ...planned,
  }
}

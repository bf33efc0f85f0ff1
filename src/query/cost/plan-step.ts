/** What answering a question takes, step by step, told before any of it runs. Its cost is the sum of its steps. */

/** DATABASE: the store's engine. INDEX: a look-up there. PROCESS: a graph in this process. ENGINE: threads that run models. */
export const PLAN_PLACES = ['DATABASE', 'INDEX', 'PROCESS', 'ENGINE'] as const
export type PlanPlace = (typeof PLAN_PLACES)[number]

export interface PlanStep {
  readonly step: string
  readonly place: PlanPlace
  /** Estimated rows that the step gives on: edges, nodes, paths, runs. */
  readonly rows: number
  /** Estimated visits of nodes and edges, and multiply-adds. */
  readonly work: number
}

export function workOf(steps: readonly PlanStep[]): number {
  return steps.reduce((sum, { work }) => sum + work, 0)
}

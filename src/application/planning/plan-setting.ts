/** What plans are made from beside the question. */
import type { Scores } from '../../query/node-filter.js'
import type { CircuitStore } from '../ports/circuit-store.js'
import type { ModelLibrary, ModelStructure } from '../ports/model-library.js'
import type { TaskLibrary } from '../ports/task-library.js'
import type { OpenGraph } from '../use-cases.js'

export interface PlanDeps {
  readonly store: Pick<CircuitStore, 'modelSummaries'>
  readonly library: ModelLibrary
  readonly tasks: TaskLibrary
}

export interface RunPlanSetting {
  readonly open: OpenGraph
  readonly scores: Scores
  readonly structure: ModelStructure
  readonly tasks: TaskLibrary
}

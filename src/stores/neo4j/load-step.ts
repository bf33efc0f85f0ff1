/**
 * A load is a row of steps, taken together into transactions of bounded size: a small circuit needs one transaction,
 * a large one as many as keep each within the memory of a small server.
 */
import type { Cypher } from './neo4j-database.js'

export interface LoadStep {
  /** `$ns` and `$id` are added when they run. */
  readonly statements: readonly Cypher[]
  /** Rough cost, in edges written. */
  readonly work: number
  /** Edges that are written when the step is done. */
  readonly edgesDone: number
}

export interface LoadBatch {
  readonly steps: readonly LoadStep[]
  readonly isFirst: boolean
  readonly isLast: boolean
}

const WORK_AT_ONCE = 12_000

/** At least one batch, also for no steps: the last one finishes the load. */
export function* batched(steps: Iterable<LoadStep>): Generator<LoadBatch> {
  let batch: LoadStep[] = []
  let work = 0
  let isFirst = true
  for (const step of steps) {
    if (batch.length > 0 && work + step.work > WORK_AT_ONCE) {
      yield { steps: batch, isFirst, isLast: false }
      isFirst = false
      batch = []
      work = 0
    }
    batch.push(step)
    work += step.work
  }
  yield { steps: batch, isFirst, isLast: true }
}

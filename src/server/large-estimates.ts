/**
 * Questions about behaviour run a model, which has threads of its own, and are asked from the main thread. On a large
 * graph without a model they are arithmetic instead, which would hold that thread: such an operation is begun here, given
 * up as soon as it opens one, and answered by a thread for graphs.
 */
import type { UseCases } from '../application/use-cases.js'
import { Unavailable } from '../domain/errors.js'

/** Nodes and edges of a graph that may hold the main thread for a moment. */
const LARGE = 10_000

export interface Moving {
  /** May the operation move to a thread? */
  allowed: boolean
  /** Has it come upon a graph for which it must? */
  wanted: boolean
}

export function movingAtLargeGraphs(useCases: UseCases, moving: Moving): UseCases {
  return {
    ...useCases,
    openCircuit: async (id, asking) => {
      if (moving.allowed) {
        const [summary] = await useCases.circuitSummaries([id])
        if (summary && summary.source !== 'SPARSE_WEIGHTS' && summary.nodeCount + summary.edgeCount > LARGE) {
          moving.wanted = true
          throw new Unavailable('the question is answered by another thread', {}, 'CANCELLED')
        }
      }
      return useCases.openCircuit(id, asking)
    },
  }
}

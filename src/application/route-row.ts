import { hopValue, type PathHops } from '../graph/path-hops.js'
import type { RouteRow } from './answers.js'
import type { QuestionWalk } from './question-walk.js'

/** A path of a walk as answers tell it. */
export function routeRow(walk: QuestionWalk, { nodes, firstEdges, lastEdges }: PathHops): RouteRow {
  const hops = lastEdges.map((last, i) => {
    const value = hopValue(walk.graph, firstEdges[i]!, last)
    return { ...walk.hopOf(firstEdges[i]!, last), weight: Number.isNaN(value) ? null : value }
  })
  return { steps: nodes.map((node) => walk.stepOf(node)), hops, hopCount: hops.length }
}

/** What all paths between two sets have to pass, and how far they keep out of each other's way (language.md §5). */
import { criticalPath, type FoundPath } from '../graph/critical-path.js'
import { dominators } from '../graph/dominators.js'
import { edgesAmong } from '../graph/edges-among.js'
import { countPaths } from '../graph/path-count.js'
import { pathHops } from '../graph/path-hops.js'
import { strongestPaths } from '../graph/strongest-paths.js'
import { vertexCut, withoutBound } from '../graph/vertex-cut.js'
import { PASSES } from '../query/cost/structure-plan.js'
import { EXISTENCE_LINKS } from '../query/graph-expression.js'
import type { Scores } from '../query/node-filter.js'
import { beginAnswer } from './answer-base.js'
import type { BottleneckAnswer, RouteRow } from './answers.js'
import { Breath } from './breath.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import { type QuestionWalk, questionWalk } from './question-walk.js'
import type { BottleneckQuestion } from './questions.js'
import { routeRow } from './route-row.js'
import { spendPasses, spendWalk } from './spent-work.js'
import type { Asking, OpenGraph } from './use-cases.js'

/** Routes without a node that can be cut, of which so many are told one by one. */
export const MOST_UNCUTTABLE = 1_000

/**
 * Nodes of the graph can be cut; the ends of the question, and the places of the residual stream that it attaches,
 * cannot: there nothing is to be masked (semantics.md §5, §8).
 */
export async function askBottlenecks(
  open: OpenGraph,
  question: BottleneckQuestion,
  scores: Scores,
  asking: Asking,
  deps: { readonly library: ModelLibrary; readonly clock: Clock },
): Promise<BottleneckAnswer> {
  const links = question.links ?? EXISTENCE_LINKS
  const finish = beginAnswer(open, { ask: 'bottlenecks', ...question, links }, deps.clock)
  const walk = await questionWalk(open, { from: question.from, to: question.to, links }, scores, deps.library)
  const { graph, order, sources, sinks, transparent } = walk
  const uncuttable = Uint8Array.from({ length: graph.nodeCount }, (_, node) =>
    transparent?.[node] === 1 || walk.stepOf(node).node === null ? 1 : 0,
  )
  spendWalk(asking, walk, null)
  const breath = new Breath(asking)
  await breath.take()
  const pathCount = countPaths(graph, order, sources, sinks).total
  await breath.take()
  const { cut, separates, disjointPaths } = vertexCut(graph, sources, sinks, uncuttable)
  await breath.take()
  spendPasses(asking, walk, PASSES.bottlenecks + disjointPaths.length)
  const passed = dominators(graph, order, sources, sinks, transparent)
  const critical = criticalPath(graph, order, sources, sinks, transparent)
  await breath.take()
  const free = uncuttableRoutes(walk, withoutBound(graph, sources, sinks, uncuttable))
  const asRow = (path: FoundPath): RouteRow => routeRow(walk, pathHops(graph, path, transparent))
  const steps = cut.map((node) => walk.stepOf(node))
  return {
    ...finish(),
    pathCount: pathCount.toString(),
    dominators: passed.map((node) => walk.stepOf(node)),
    minimumCut: separates ? steps : null,
    minimumCutReason: separates ? null : noCut(free),
    cutBesideUncuttable: steps,
    disjointPaths: disjointPaths.map((edges) => asRow({ start: graph.source[edges[0]!]!, edges })),
    uncuttableCount: free.count.toString(),
    uncuttable: free.routes,
    bigram: walk.bigram,
    criticalPath: critical === null ? null : asRow(critical),
    criticalPathReason: critical === null ? 'no path leads from one to the other' : null,
  }
}

interface FreeRoutes {
  readonly count: bigint
  readonly routes: readonly RouteRow[]
}

/** Paths that no removal of nodes can break, in canonical order. */
function uncuttableRoutes(walk: QuestionWalk, unbounded: Uint8Array): FreeRoutes {
  const { order, sources, sinks, transparent } = walk
  const { graph, edgeOf } = edgesAmong(walk.graph, unbounded)
  const count = countPaths(graph, order, sources, sinks).total
  // Every edge counts the same here, so the order of ties is the whole order.
  const stream = strongestPaths(graph, order, { sources, sinks, rank: 'WEAKEST_SCORE', transparent })
  const routes: RouteRow[] = []
  while (routes.length < MOST_UNCUTTABLE) {
    const path = stream.next()
    if (path === null) break
    const firstEdges = path.firstEdges.map((edge) => edgeOf[edge]!)
    const lastEdges = path.edges.map((edge) => edgeOf[edge]!)
    routes.push(routeRow(walk, { nodes: path.nodes, firstEdges, lastEdges }))
  }
  return { count, routes }
}

function noCut({ count, routes }: FreeRoutes): string {
  const example = routes[0]!.steps.map((step) => step.address).join(' → ')
  if (routes[0]!.hopCount === 0) return `${example} is both a source and a sink`
  const others = count === 1n ? 'one path has' : `${count} paths have`
  return `${others} no node in between that can be cut: ${example}`
}

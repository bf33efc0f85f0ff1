/** Makes a derived graph from its expression (language.md §4); every result is a graph again. */
import { throwIfAborted } from '../domain/errors.js'
import type { GraphData } from '../domain/graph-data.js'
import { pruneGraph } from '../graph/prune-graph.js'
import { ancestorsOf, descendantsOf, nodesBetween } from '../graph/reachability.js'
import { conditionsIn } from '../query/cost/filter-conditions.js'
import { PASSES } from '../query/cost/structure-plan.js'
import { edgePredicate } from '../query/edge-filter.js'
import type { GraphExpression, LinkPolicy } from '../query/graph-expression.js'
import { nodePredicate, type Scores } from '../query/node-filter.js'
import { type NodeSelector, selectNodes } from '../query/node-selector.js'
import { Breath } from './breath.js'
import { composeOrdinals, type Induced, induceGraph } from './induce-graph.js'
import { influenceSetting } from './influence-setting.js'
import type { ModelLibrary } from './ports/model-library.js'
import { type QuestionWalk, questionWalk } from './question-walk.js'
import { spendPasses, spendWalk } from './spent-work.js'
import type { Asking, OpenGraph } from './use-cases.js'

export type Selector = (
  root: OpenGraph,
  expression: GraphExpression,
  scores: Scores,
  asking: Asking,
) => Promise<{ readonly graph: GraphData; readonly rootOrdinals: Uint32Array }>

export function subgraphSelector(library: ModelLibrary): Selector {
  return async (root, expression, scores, asking) => {
    const steps = expression.kind === 'pipe' ? flat(expression.steps) : [expression]
    const breath = new Breath(asking)
    let at: OpenGraph = root
    let seen = scores
    for (const step of steps) {
      throwIfAborted(asking.signal)
      await breath.take()
      const { graph, ordinals } = await applyStep(at, step, seen, library, asking)
      at = { ...at, type: 'sub', graph, rootOrdinals: composeOrdinals(at.rootOrdinals, ordinals) }
      seen = new Map(
        [...seen].map(([name, values]) => [name, Array.from(ordinals, (ordinal) => values[ordinal] ?? null)]),
      )
    }
    const every = Uint32Array.from(root.graph.nodes, (node) => node.ordinal)
    return { graph: at.graph, rootOrdinals: at.rootOrdinals ?? every }
  }
}

function flat(steps: readonly GraphExpression[]): GraphExpression[] {
  return steps.flatMap((step) => (step.kind === 'pipe' ? flat(step.steps) : [step]))
}

async function applyStep(
  open: OpenGraph,
  step: GraphExpression,
  scores: Scores,
  library: ModelLibrary,
  asking: Asking,
): Promise<Induced> {
  const { graph } = open
  asking.meter?.spend(PASSES.induce * (graph.nodes.length + graph.edges.count))
  switch (step.kind) {
    case 'nodes': {
      asking.meter?.spend(graph.nodes.length * (1 + conditionsIn(step.where)))
      const test = nodePredicate(step.where, graph, scores)
      return induceGraph(
        graph,
        Uint8Array.from(graph.nodes, (node) => Number(test(node))),
      )
    }
    case 'edges':
      asking.meter?.spend(graph.edges.count * (1 + conditionsIn(step.where)))
      return inducedByEdges(graph, edgePredicate(step.where, graph, scores))
    case 'upstreamOf':
    case 'downstreamOf': {
      const walk = await walkOf(open, step.links, scores, library)
      spendWalk(asking, walk, null)
      spendPasses(asking, walk, PASSES.reach)
      const starts = walkNodes(step.of, open, scores, walk)
      const reach = step.kind === 'upstreamOf' ? ancestorsOf : descendantsOf
      return induceReached(
        graph,
        walk,
        reach(walk.graph, starts, { hops: step.hops, transparent: walk.transparent }),
      )
    }
    case 'between': {
      const walk = await walkOf(open, step.links, scores, library)
      spendWalk(asking, walk, null)
      spendPasses(asking, walk, 2 * PASSES.reach)
      const from = walkNodes(step.from, open, scores, walk)
      const to = walkNodes(step.to, open, scores, walk)
      return induceReached(graph, walk, nodesBetween(walk.graph, from, to, { transparent: walk.transparent }))
    }
    case 'influence': {
      asking.meter?.spend((PASSES.walk + PASSES.pruning) * (graph.nodes.length + graph.edges.count))
      const setting = influenceSetting(graph, step.on)
      const { keptNodes, keptEdges } = pruneGraph(
        setting.graph,
        setting.order,
        setting.roles,
        setting.start,
        step.nodeThreshold,
        step.edgeThreshold,
      )
      return induceGraph(graph, keptNodes, keptEdges)
    }
    case 'pipe':
      throw new Error('invariant broken: pipes are flat when their steps are applied')
    default:
      return step satisfies never
  }
}

function walkOf(
  open: OpenGraph,
  links: LinkPolicy,
  scores: Scores,
  library: ModelLibrary,
): Promise<QuestionWalk> {
  return questionWalk(open, { from: null, to: null, links }, scores, library)
}

function walkNodes(selector: NodeSelector, open: OpenGraph, scores: Scores, walk: QuestionWalk): number[] {
  return selectNodes(selector, open.graph, scores, 'expression').map((ordinal) => walk.walkNodeOf(ordinal))
}

/** The graph's own nodes among those reached, and all its edges between two of them. */
function induceReached(graph: GraphData, walk: QuestionWalk, reached: Uint8Array): Induced {
  return induceGraph(
    graph,
    Uint8Array.from(graph.nodes, (node) => reached[walk.walkNodeOf(node.ordinal)]!),
  )
}

/** The edges that pass and the nodes at their ends. */
function inducedByEdges(graph: GraphData, test: (edge: number) => boolean): Induced {
  const { count, source, target } = graph.edges
  const keepEdge = new Uint8Array(count)
  const keepNode = new Uint8Array(graph.nodes.length)
  for (let e = 0; e < count; e++) {
    if (!test(e)) continue
    keepEdge[e] = 1
    keepNode[source[e]!] = 1
    keepNode[target[e]!] = 1
  }
  return induceGraph(graph, keepNode, keepEdge)
}

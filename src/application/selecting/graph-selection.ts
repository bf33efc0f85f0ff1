/** The graphs that expressions make, within one request (language.md §4): every result is a graph again. */
import { setImmediate } from 'node:timers/promises'
import { canonicalJson } from '../../domain/canonical-json.js'
import { InvalidInput, standingAt, throwIfAborted } from '../../domain/errors.js'
import type { GraphData } from '../../domain/graph-data.js'
import { modelKey } from '../../domain/model-identity.js'
import { sha256Hex } from '../../domain/sha256.js'
import { neighbourhoodOf } from '../../graph/neighbourhood.js'
import { pruneGraph } from '../../graph/prune-graph.js'
import { ancestorsOf, descendantsOf, nodesBetween } from '../../graph/reachability.js'
import { conditionsIn } from '../../query/cost/filter-conditions.js'
import { PASSES, strongestWork } from '../../query/cost/structure-plan.js'
import { edgePredicate } from '../../query/edge-filter.js'
import { canonicalExpression } from '../../query/expression/canonical-expression.js'
import type {
  GraphExpression,
  GraphOperand,
  LinkPolicy,
  NodeSelector,
  PathEnd,
} from '../../query/graph-expression.js'
import { nodePredicate } from '../../query/node-filter.js'
import { selectNodes } from '../../query/node-selector.js'
import { patternOf } from '../../query/pattern/pattern-of.js'
import { rankFor } from '../ask-paths.js'
import { askedWalk } from '../asked-walk.js'
import { influenceSetting } from '../influence-setting.js'
import type { OpenGraph } from '../open-graph.js'
import type { ModelLibrary } from '../ports/model-library.js'
import { type QuestionWalk, questionWalk, walksOnWeights } from '../question-walk.js'
import { spendPasses, spendWalk } from '../spent-work.js'
import type { Asking } from '../use-cases.js'
import { collapsedGraph } from './collapsed-graph.js'
import { combineGraphs } from './combine-graphs.js'
import { type DerivedGraph, partOf, partOfEdges, wholeGraph } from './derived-graph.js'
import { nodeGroups } from './node-groups.js'
import { pathsPart } from './paths-part.js'
import { SharedWork } from './shared-work.js'
import { strongestPart } from './strongest-part.js'

/** A graph that expressions are applied to, and what names it within a request. */
export interface Sight {
  readonly key: string
  readonly open: OpenGraph
  readonly of: DerivedGraph
}

/** Gives a stored graph, a model or a subcircuit to look at. */
export type Opening = (operand: GraphOperand, asking: Asking) => Promise<Sight>

/** The graph on one prompt. */
export type Unrolling = (
  open: OpenGraph,
  expression: Extract<GraphExpression, { kind: 'unroll' }>,
  asking: Asking,
  path: string,
) => Promise<GraphData>

export class GraphSelection {
  readonly #asking: Asking
  readonly #library: ModelLibrary
  readonly #opening: Opening
  readonly #unrolling: Unrolling
  readonly #results = new SharedWork<DerivedGraph>()
  readonly #walks = new SharedWork<QuestionWalk>()

  constructor(asking: Asking, library: ModelLibrary, opening: Opening, unrolling: Unrolling) {
    this.#unrolling = unrolling
    this.#asking = asking
    this.#library = library
    this.#opening = opening
  }

  /** How many operators were applied; the same one on the same graph counts once. */
  get applied(): number {
    return this.#results.computed
  }

  async apply(expression: GraphExpression, seen: Sight, path = 'expression'): Promise<Sight> {
    if (expression.kind === 'pipe') {
      let at = seen
      for (const [i, step] of expression.steps.entries())
        at = await this.apply(step, at, expression.steps.length === 1 ? path : `${path}.pipe[${i}]`)
      return at
    }
    if (expression.kind === 'graph') return this.#operand(expression.graph, seen, `${path}.graph`)
    const key = sha256Hex(canonicalJson([seen.key, canonicalExpression(expression)]))
    const of = await this.#results.of(key, async () => {
      await this.#pause()
      return this.#operator(expression, seen, `${path}.${expression.kind}`)
    })
    return { key, of, open: { ...seen.open, type: 'sub', graph: of.graph } }
  }

  /** Addresses of the nodes that an expression gives. */
  async nodesOf(expression: GraphExpression, seen: Sight, path: string): Promise<readonly string[]> {
    const { of } = await this.apply(expression, seen, path)
    return of.graph.nodes.map(({ address }) => address)
  }

  async #operand(operand: GraphOperand, seen: Sight, path: string): Promise<Sight> {
    const found = await this.#opening(operand, this.#asking)
    const [own, other] = [seen.of.graph.model, found.of.graph.model].map(modelKey)
    if (own !== other)
      throw new InvalidInput(
        'BAD_EXPRESSION',
        `the ${operand.type} ${operand.id} speaks of ${other}, this graph of ${own}`,
        {
          path,
          hint: 'only graphs of one model go together; two models are compared',
        },
      )
    return found
  }

  async #operator(
    expression: Exclude<GraphExpression, { kind: 'pipe' | 'graph' }>,
    seen: Sight,
    path: string,
  ): Promise<DerivedGraph> {
    const { of } = seen
    const { graph, scores } = of
    const [nodes, edges] = [graph.nodes.length, graph.edges.count]
    const spend = (work: number): void => this.#asking.meter?.spend(work)
    spend(PASSES.induce * (nodes + edges))
    switch (expression.kind) {
      case 'nodes':
        spend(nodes * (1 + conditionsIn(expression.where)))
        return partOf(
          of,
          Uint8Array.from(
            graph.nodes,
            flag(standingAt(path, () => nodePredicate(expression.where, graph, scores))),
          ),
        )
      case 'edges': {
        spend(edges * (1 + conditionsIn(expression.where)))
        const test = standingAt(path, () => edgePredicate(expression.where, graph, scores))
        return partOfEdges(
          of,
          new Uint8Array(graph.edges.count).map((_, edge) => Number(test(edge))),
        )
      }
      case 'upstreamOf':
      case 'downstreamOf': {
        const walk = await this.#walk(seen, expression.links)
        const starts = await this.#walkNodes(expression.of, seen, walk, `${path}.of`)
        spendPasses(this.#asking, walk, PASSES.reach)
        const reach = expression.kind === 'upstreamOf' ? ancestorsOf : descendantsOf
        return partReached(
          of,
          walk,
          reach(walk.graph, starts, { hops: expression.hops, transparent: walk.transparent }),
        )
      }
      case 'between': {
        const walk = await this.#walk(seen, expression.links)
        const from = await this.#walkNodes(expression.from, seen, walk, `${path}.from`)
        const to = await this.#walkNodes(expression.to, seen, walk, `${path}.to`)
        spendPasses(this.#asking, walk, 2 * PASSES.reach)
        return partReached(of, walk, nodesBetween(walk.graph, from, to, { transparent: walk.transparent }))
      }
      case 'neighbourhood': {
        const { hops, first } = expression
        const walk = await this.#walk(seen, expression.links)
        const starts = await this.#walkNodes(expression.of, seen, walk, `${path}.of`)
        spendPasses(this.#asking, walk, PASSES.reach)
        return partReached(
          of,
          walk,
          neighbourhoodOf(walk.graph, starts, { hops, first, transparent: walk.transparent }),
        )
      }
      case 'strongest':
        spend(strongestWork({ nodes, edges }))
        return strongestPart(of, expression.by, expression.first, expression.on)
      case 'influence': {
        const { nodeThreshold, edgeThreshold, on } = expression
        spend((PASSES.walk + PASSES.pruning) * (nodes + edges))
        const { graph: walked, order, roles, start } = influenceSetting(graph, on)
        const { keptNodes, keptEdges } = pruneGraph(walked, order, roles, start, nodeThreshold, edgeThreshold)
        return partOf(of, keptNodes, keptEdges)
      }
      case 'paths': {
        const { pattern, links, first } = expression
        const rank = rankFor(seen.open, expression.rankBy, `${path}.rankBy`)
        const request = {
          from: await this.#end(expression.from, seen, `${path}.from`),
          to: await this.#end(expression.to, seen, `${path}.to`),
          links,
          pattern: pattern === null ? null : patternOf(pattern, `${path}.pattern`),
        }
        const walk = await askedWalk(seen.open, request, scores, this.#library, this.#asking)
        spendPasses(this.#asking, walk, PASSES.ranking)
        return pathsPart(of, walk, rank, first, () => this.#pause())
      }
      case 'union':
      case 'intersection':
        return combineGraphs(expression.kind, await this.#all(expression.of, seen, path), path)
      case 'difference': {
        const from = await this.apply(expression.of, seen, `${path}.of`)
        const minus = await this.#all(expression.minus, seen, `${path}.minus`)
        return combineGraphs('difference', [from.of, ...minus], path)
      }
      case 'without': {
        const keep = new Uint8Array(graph.nodes.length).fill(1)
        for (const ordinal of await this.#nodes(expression.nodes, seen, path)) keep[ordinal] = 0
        return partOf(of, keep)
      }
      case 'collapse': {
        const structure =
          walksOnWeights(graph) && graph.model.kind === 'sparse'
            ? await this.#library.structure(graph.model.id)
            : null
        spend(PASSES.induce * (nodes + edges))
        const groups = nodeGroups(graph, expression, structure?.dHead ?? null)
        return collapsedGraph(of, groups, await this.#walk(seen, expression.links))
      }
      case 'unroll':
        return wholeGraph(
          await this.#unrolling(seen.open, expression, this.#asking, path),
          new Map(),
          of.operands,
        )
      default:
        return expression satisfies never
    }
  }

  /** One after the other: each may share work with the one before. */
  async #all(parts: readonly GraphExpression[], seen: Sight, path: string): Promise<DerivedGraph[]> {
    const results: DerivedGraph[] = []
    for (const [i, part] of parts.entries()) results.push((await this.apply(part, seen, `${path}[${i}]`)).of)
    return results
  }

  #walk({ key, open, of }: Sight, links: LinkPolicy): Promise<QuestionWalk> {
    return this.#walks.of(`${key} ${links.residual} ${links.attention}`, async () => {
      const walk = await questionWalk(open, { from: null, to: null, links }, of.scores, this.#library)
      spendWalk(this.#asking, walk, null)
      return walk
    })
  }

  async #end(end: PathEnd | null, seen: Sight, path: string): Promise<PathEnd | null> {
    return end?.kind === 'nodes' ? { ...end, nodes: await this.#known(end.nodes, seen, path) } : end
  }

  async #nodes(selector: NodeSelector, seen: Sight, path: string): Promise<number[]> {
    return selectNodes(await this.#known(selector, seen, path), seen.of.graph, seen.of.scores, path)
  }

  async #walkNodes(selector: NodeSelector, seen: Sight, walk: QuestionWalk, path: string): Promise<number[]> {
    return (await this.#nodes(selector, seen, path)).map((ordinal) => walk.walkNodeOf(ordinal))
  }

  /** The selector with its nodes, where an expression gives them. */
  async #known(selector: NodeSelector, seen: Sight, path: string): Promise<NodeSelector> {
    if (selector.kind !== 'expression') return selector
    return { ...selector, members: await this.nodesOf(selector.expression, seen, `${path}.expression`) }
  }

  async #pause(): Promise<void> {
    await setImmediate()
    throwIfAborted(this.#asking.signal)
  }
}

function flag<Item>(test: (item: Item) => boolean): (item: Item) => number {
  return (item) => Number(test(item))
}

/** The graph's own nodes among those reached, and all its edges between two of them. */
function partReached(of: DerivedGraph, walk: QuestionWalk, reached: Uint8Array): DerivedGraph {
  return partOf(
    of,
    Uint8Array.from(of.graph.nodes, ({ ordinal }) => reached[walk.walkNodeOf(ordinal)]!),
  )
}

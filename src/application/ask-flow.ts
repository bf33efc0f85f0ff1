/** Exact path counts and totals between two sets, and how much of them passes each node, edge or set (language.md §5, flow). */
import { compactGraph } from '../graph/compact-graph.js'
import { countPaths } from '../graph/path-count.js'
import { type PathTotals, pathTotals } from '../graph/path-totals.js'
import { scaledRatio, toFloat } from '../graph/scaled-number.js'
import { allPathsOf, type PathsOfInterest, pathsThrough } from '../graph/through-set.js'
import { PASSES } from '../query/cost/structure-plan.js'
import { PRODUCT_LINKS } from '../query/graph-expression.js'
import type { Scores } from '../query/node-filter.js'
import { selectNodes } from '../query/node-selector.js'
import { beginAnswer } from './answer-base.js'
import type { FlowAnswer, FlowMasses } from './answers.js'
import { multipliesAlongPaths, totalPasses } from './ask-paths.js'
import { hiddenControlPaths } from './asked-walk.js'
import { Breath } from './breath.js'
import { noPathSums } from './collapsed-limits.js'
import { flowRows } from './flow-rows.js'
import { pathBasis } from './path-basis.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import { type QuestionWalk, questionWalk } from './question-walk.js'
import type { FlowQuestion } from './questions.js'
import { spendPasses, spendWalk } from './spent-work.js'
import type { Asking, OpenGraph } from './use-cases.js'

/** Raw products are facts of the graph; normalised ones, and sums of derivatives, are estimates (semantics.md §1). */
export async function askFlow(
  open: OpenGraph,
  question: FlowQuestion,
  scores: Scores,
  asking: Asking,
  deps: { readonly library: ModelLibrary; readonly clock: Clock },
): Promise<FlowAnswer> {
  const links = question.links ?? PRODUCT_LINKS
  const finish = beginAnswer(open, { ask: 'flow', ...question, links }, deps.clock)
  const request = { from: question.from, to: question.to, links }
  const asked = await questionWalk(open, request, scores, deps.library)
  const walk = question.normalise ? normalised(asked) : asked
  const ordinals = question.via === null ? null : selectNodes(question.via, open.graph, scores, 'via')
  const pathsOf = (one: QuestionWalk): PathsOfInterest => pathsVia(one, ordinals)
  const countIn = (one: QuestionWalk): bigint => countOf(pathsOf(one)).total

  spendWalk(asking, asked, null)
  const breath = new Breath(asking)
  const paths = pathsOf(walk)
  spendPasses(asking, paths, PASSES.count + totalPasses(paths.graph))
  if (ordinals !== null) spendPasses(asking, walk, totalPasses(walk.graph))
  await breath.take()
  const counts = countOf(paths)
  await breath.take()
  const totals = totalsOf(paths)
  const reason = whyNoTotals(open, totals)
  await breath.take()
  const share = ordinals === null ? null : shareOfAll(walk, totals)
  await breath.take()
  let masses: FlowMasses | null = null
  let hidden: Promise<string | null> | null = null
  return {
    ...finish({ basis: pathBasis(open.graph.edgeMeaning, question.normalise) }),
    normalised: question.normalise,
    pathCount: counts.total.toString(),
    signedTotal: reason === null ? toFloat(totals.signed) : null,
    absoluteTotal: reason === null ? toFloat(totals.absolute) : null,
    totalsReason: reason,
    cancellation: reason === null ? totals.cancellation : null,
    cancellationReason: reason ?? (totals.cancellation === null ? 'the signed total is 0' : null),
    viaShare: reason === null ? share : null,
    viaShareReason:
      ordinals === null
        ? 'the question names no set that paths pass'
        : (reason ?? (share === null ? 'the absolute total over all paths is 0' : null)),
    hiddenControlPaths: () => {
      hidden ??= hiddenControlPaths(open, request, walk, scores, deps.library, asking, countIn)
      return hidden
    },
    bigram: walk.bigram,
    masses: () => {
      masses ??= flowRows(walk, paths, reason === null)
      return masses
    },
    sources: totals.sources.map(({ node, signed, absolute }, i) => ({
      step: walk.stepOf(paths.nodeOf(node)),
      pathCount: counts.sources[i]!.count.toString(),
      signedTotal: reason === null ? toFloat(signed) : null,
      absoluteTotal: reason === null ? toFloat(absolute) : null,
    })),
  }
}

function pathsVia(walk: QuestionWalk, ordinals: readonly number[] | null): PathsOfInterest {
  const { graph, order, sources, sinks } = walk
  if (ordinals === null) return allPathsOf(graph, order, sources, sinks)
  const via = ordinals.map((ordinal) => walk.walkNodeOf(ordinal))
  return pathsThrough(graph, order, sources, sinks, via)
}

const countOf = ({ graph, order, sources, sinks }: PathsOfInterest) =>
  countPaths(graph, order, sources, sinks)

function totalsOf({ graph, order, sources, sinks }: PathsOfInterest): PathTotals {
  return pathTotals(graph, order, sources, sinks)
}

/** Edge values as signed shares of the absolute input of their targets. */
function normalised(walk: QuestionWalk): QuestionWalk {
  const { nodeCount, source, target, weight } = walk.graph
  const shares = walk.shares().map((share, edge) => (weight[edge]! < 0 ? -share : share))
  return { ...walk, graph: compactGraph(nodeCount, source, target, shares) }
}

function shareOfAll({ graph, order, sources, sinks }: QuestionWalk, through: PathTotals): number | null {
  const { absolute } = pathTotals(graph, order, sources, sinks)
  return absolute.mantissa === 0 ? null : Math.min(1, scaledRatio(through.absolute, absolute))
}

function whyNoTotals(open: OpenGraph, totals: PathTotals): string | null {
  if (!multipliesAlongPaths(open))
    return 'scores of this graph are effects already: multiplying them along a path has no meaning'
  return totals.unvaluedEdge === null
    ? noPathSums(open)
    : 'some path uses a control link through attention, which has no value: ask with links: {attention: OV_ONLY}'
}

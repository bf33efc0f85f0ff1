/** Exact path counts and raw totals between two sets, and how much of them passes a third (language.md §5, flow). */

import { nodeSet } from '../graph/node-set.js'
import { countPaths } from '../graph/path-count.js'
import { pathTotals, pathTotalsThrough } from '../graph/path-totals.js'
import { toFloat } from '../graph/scaled-number.js'
import { PRODUCT_LINKS } from '../query/graph-expression.js'
import type { Scores } from '../query/node-filter.js'
import { selectNodes } from '../query/node-selector.js'
import { beginAnswer } from './answer-base.js'
import type { FlowAnswer } from './answers.js'
import { multipliesAlongPaths } from './ask-paths.js'
import { noPathSums } from './collapsed-limits.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import { questionWalk } from './question-walk.js'
import type { FlowQuestion } from './questions.js'
import type { OpenGraph } from './use-cases.js'

export async function askFlow(
  open: OpenGraph,
  question: FlowQuestion,
  scores: Scores,
  deps: { readonly library: ModelLibrary; readonly clock: Clock },
): Promise<FlowAnswer> {
  const links = question.links ?? PRODUCT_LINKS
  const finish = beginAnswer(open, { ask: 'flow', ...question, links }, deps.clock)
  const walk = await questionWalk(open, { from: question.from, to: question.to, links }, scores, deps.library)
  const { graph, order, sources, sinks } = walk
  const via =
    question.via === null
      ? null
      : selectNodes(question.via, open.graph, scores, 'via').map((ordinal) => walk.walkNodeOf(ordinal))
  const alive = via === null ? null : nodeSet(graph.nodeCount, via).map((member) => 1 - member)
  const all = countPaths(graph, order, sources, sinks)
  const without = alive === null ? null : countPaths(graph, order, sources, sinks, alive)
  const totals =
    via === null
      ? pathTotals(graph, order, sources, sinks)
      : pathTotalsThrough(graph, order, sources, sinks, via)
  const reason = !multipliesAlongPaths(open)
    ? 'scores of this graph are effects already: multiplying them along a path has no meaning'
    : totals.unvaluedEdge !== null
      ? 'some path uses a control link through attention, which has no value: ask with links: {attention: OV_ONLY}'
      : noPathSums(open)
  return {
    ...finish(),
    pathCount: (all.total - (without?.total ?? 0n)).toString(),
    signedTotal: reason === null ? toFloat(totals.signed) : null,
    absoluteTotal: reason === null ? toFloat(totals.absolute) : null,
    totalsReason: reason,
    cancellation: reason === null ? totals.cancellation : null,
    cancellationReason: reason ?? (totals.cancellation === null ? 'the signed total is 0' : null),
    sources: totals.sources.map(({ node, signed, absolute }, i) => ({
      step: walk.stepOf(node),
      pathCount: (all.sources[i]!.count - (without === null ? 0n : without.sources[i]!.count)).toString(),
      signedTotal: reason === null ? toFloat(signed) : null,
      absoluteTotal: reason === null ? toFloat(absolute) : null,
    })),
  }
}

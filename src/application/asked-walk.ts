/** The walk of a question about paths, narrowed to what its pattern matches, and what its links leave out. */
import { countPaths } from '../graph/path-count.js'
import { PASSES } from '../query/cost/structure-plan.js'
import type { Scores } from '../query/node-filter.js'
import { Breath } from './breath.js'
import { patternedWalk } from './patterned-walk.js'
import type { ModelLibrary } from './ports/model-library.js'
import { type QuestionWalk, questionWalk, type WalkRequest, walksOnWeights } from './question-walk.js'
import { spendPasses, spendWalk } from './spent-work.js'
import type { Asking, OpenGraph } from './use-cases.js'

export async function askedWalk(
  open: OpenGraph,
  request: WalkRequest,
  scores: Scores,
  library: ModelLibrary,
  asking: Asking,
): Promise<QuestionWalk> {
  const walk = await questionWalk(open, request, scores, library)
  const breath = new Breath(asking)
  const matched = request.pattern == null ? null : await breath.through(patternedWalk(walk, request.pattern))
  spendWalk(asking, walk, matched)
  return matched ?? walk
}

/** Paths that OV_ONLY leaves out because they pass q or k; null where there is no attention to see. */
export async function hiddenControlPaths(
  open: OpenGraph,
  request: WalkRequest,
  scores: Scores,
  library: ModelLibrary,
  asking: Asking,
  seen: bigint,
): Promise<string | null> {
  if (!walksOnWeights(open.graph) || request.links.attention !== 'OV_ONLY') return null
  const walk = await askedWalk(
    open,
    { ...request, links: { ...request.links, attention: 'OV_AND_QK' } },
    scores,
    library,
    asking,
  )
  spendPasses(asking, walk, PASSES.count)
  return (countPaths(walk.graph, walk.order, walk.sources, walk.sinks).total - seen).toString()
}

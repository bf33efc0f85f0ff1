/** The walk of a question about paths, narrowed to what its pattern matches, and what its links leave out. */
import { countPaths } from '../graph/path-count.js'
import type { Scores } from '../query/node-filter.js'
import { patternedWalk } from './patterned-walk.js'
import type { ModelLibrary } from './ports/model-library.js'
import { type QuestionWalk, questionWalk, type WalkRequest, walksOnWeights } from './question-walk.js'
import type { OpenGraph } from './use-cases.js'

export async function askedWalk(
  open: OpenGraph,
  request: WalkRequest,
  scores: Scores,
  library: ModelLibrary,
): Promise<QuestionWalk> {
  const walk = await questionWalk(open, request, scores, library)
  return request.pattern == null ? walk : patternedWalk(walk, request.pattern)
}

/** Paths that OV_ONLY leaves out because they pass q or k; null where there is no attention to see. */
export async function hiddenControlPaths(
  open: OpenGraph,
  request: WalkRequest,
  scores: Scores,
  library: ModelLibrary,
  seen: bigint,
): Promise<string | null> {
  if (!walksOnWeights(open.graph) || request.links.attention !== 'OV_ONLY') return null
  const walk = await askedWalk(
    open,
    { ...request, links: { ...request.links, attention: 'OV_AND_QK' } },
    scores,
    library,
  )
  return (countPaths(walk.graph, walk.order, walk.sources, walk.sinks).total - seen).toString()
}

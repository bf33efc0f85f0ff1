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

/**
 * Paths between the same ends that OV_ONLY leaves out because they pass q or k; null where there is no attention to
 * see. `countIn` counts the paths of a walk that the question speaks of.
 */
export async function hiddenControlPaths(
  open: OpenGraph,
  request: WalkRequest,
  walk: QuestionWalk,
  scores: Scores,
  library: ModelLibrary,
  asking: Asking,
  countIn: (walk: QuestionWalk) => bigint = allPaths,
): Promise<string | null> {
  if (!walksOnWeights(open.graph) || request.links.attention !== 'OV_ONLY') return null
  const links = { ...request.links, attention: 'OV_AND_QK' } as const
  const wider = await askedWalk(open, { ...request, links }, scores, library, asking)
  spendPasses(asking, wider, PASSES.count)
  // With control links q and k lead on, so other nodes are without outputs; nodes have the same numbers in both walks.
  const { sources, sinks } = request.pattern == null ? walk : wider
  return (countIn({ ...wider, sources, sinks }) - countIn(walk)).toString()
}

function allPaths({ graph, order, sources, sinks }: QuestionWalk): bigint {
  return countPaths(graph, order, sources, sinks).total
}

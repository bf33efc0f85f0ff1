import { checkedPattern } from '../../query/cost/expression-plan.js'
import type { AttachedEnds, GraphFacts } from '../../query/cost/graph-facts.js'
import type { PlanStep } from '../../query/cost/plan-step.js'
import { pathsPlan } from '../../query/cost/structure-plan.js'
import type { Scores } from '../../query/node-filter.js'
import type { PathPattern } from '../../query/pattern/path-pattern.js'
import { multipliesAlongPaths, pathRequest } from '../ask-paths.js'
import { endsOfPattern, nodeSetting } from '../attached-ends.js'
import type { ModelLibrary } from '../ports/model-library.js'
import { walksOnWeights } from '../question-walk.js'
import type { PathEnd, PathQuestion } from '../questions.js'
import type { OpenGraph } from '../use-cases.js'

interface Ends {
  readonly from: PathEnd | null
  readonly to: PathEnd | null
}

export function endsOf({ from, to }: Ends): AttachedEnds {
  return { tokens: Number(from?.kind === 'token'), logits: Number(to?.kind === 'logit') }
}

/** Paths before the page are passed over, which takes as much as telling them, unless they were told a moment ago. */
export async function planPaths(
  open: OpenGraph,
  question: PathQuestion,
  facts: GraphFacts,
  scores: Scores,
  library: ModelLibrary,
): Promise<readonly PlanStep[]> {
  const { rankBy, links, pattern, place } = pathRequest(open, question)
  return pathsPlan(facts, {
    links,
    ends: await attached(open, question, pattern, scores, library),
    pattern: pattern === null ? null : checkedPattern(pattern),
    paths: place.rank + question.first,
    multiplies: multipliesAlongPaths(open) && rankBy !== 'WEAKEST_SCORE',
  })
}

async function attached(
  { graph }: OpenGraph,
  question: PathQuestion,
  pattern: PathPattern | null,
  scores: Scores,
  library: ModelLibrary,
): Promise<AttachedEnds> {
  const own = endsOf(question)
  if (pattern === null || !walksOnWeights(graph) || graph.model.kind !== 'sparse') return own
  const structure = await library.structure(graph.model.id)
  const setting = nodeSetting(graph, scores, structure, ({ ordinal }) => ordinal)
  const asked = endsOfPattern(pattern, structure, setting)
  const count = (kind: 'token' | 'logit'): number => asked.filter((end) => end.kind === kind).length
  return { tokens: own.tokens || count('token'), logits: own.logits || count('logit') }
}

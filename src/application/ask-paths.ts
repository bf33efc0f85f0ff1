/** The strongest paths between two sets, in the exact order of language.md §5, with counts and covered mass. */
import { InvalidInput } from '../domain/errors.js'
import type { CompactGraph } from '../graph/compact-graph.js'
import type { StrongPath } from '../graph/strongest-paths.js'
import { valueTraits } from '../graph/value-traits.js'
import { PASSES, pathWork } from '../query/cost/structure-plan.js'
import { decodeCursor, encodeCursor, questionKey } from '../query/cursor.js'
import { PRODUCT_LINKS } from '../query/graph-expression.js'
import type { Scores } from '../query/node-filter.js'
import { patternOf } from '../query/pattern/pattern-of.js'
import { printPattern } from '../query/pattern/print-pattern.js'
import { beginAnswer } from './answer-base.js'
import type { PathAnswer, PathRow, PathSumsAnswer } from './answers.js'
import { askedWalk, hiddenControlPaths } from './asked-walk.js'
import { Breath } from './breath.js'
import { canonicalEnds } from './canonical-question.js'
import { noPathSums } from './collapsed-limits.js'
import { pathBasis } from './path-basis.js'
import { PathEnumeration } from './path-enumeration.js'
import type { PathEnumerations } from './path-enumerations.js'
import { plainJson } from './plain-json.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { QuestionWalk, WalkRequest } from './question-walk.js'
import type { PathQuestion, PathRank } from './questions.js'
import { spendPasses } from './spent-work.js'
import type { Asking, OpenGraph } from './use-cases.js'

export const MAX_PATHS = 10_000

export interface PathDeps {
  readonly library: ModelLibrary
  readonly clock: Clock
  readonly enumerations: PathEnumerations
}

export async function askPaths(
  open: OpenGraph,
  question: PathQuestion,
  scores: Scores,
  asking: Asking,
  deps: PathDeps,
): Promise<PathAnswer> {
  const { rankBy, links, pattern, asked, key, place } = pathRequest(open, question)
  if (!Number.isInteger(question.first) || question.first < 1 || question.first > MAX_PATHS) {
    throw new InvalidInput('BAD_INPUT', `first lies between 1 and ${MAX_PATHS}, not ${question.first}`, {
      path: 'first',
    })
  }
  const finish = beginAnswer(open, { ...asked, first: question.first, after: question.after }, deps.clock)
  const { enumerations } = deps
  const request = { from: question.from, to: question.to, links, pattern }
  const enumeration =
    enumerations.take(key, open, scores, place.rank) ??
    (await beginEnumeration(open, request, rankBy, scores, asking, deps))

  const breath = new Breath(asking)
  const rows: { row: PathRow; cursor: string }[] = []
  let told = 0
  try {
    await goTo(place, enumeration, breath)
    while (rows.length < question.first) {
      const path = enumeration.next()
      if (path === null) break
      told += path.edges.length + 1
      const { rank, lastKey, walk } = enumeration
      rows.push({ row: pathRow(path, rank, rankBy, walk, open), cursor: encodeCursor(key, [rank, lastKey]) })
      if (breath.isDue) await breath.take()
    }
  } finally {
    if (!enumeration.exhausted) enumerations.keep(key, open, scores, enumeration)
  }
  const noSums = whyNoSums(open, rankBy)
  const { walk, exhausted, tieCut } = enumeration
  const { nodeCount, edgeCount } = walk.graph
  asking.meter?.spend(pathWork(told, { nodes: nodeCount, edges: edgeCount }))
  const covered = enumeration.coveredMass()
  return {
    ...finish({ basis: pathBasis(open.graph.edgeMeaning, rankBy === 'SHARE') }),
    rankBy,
    paths: { rows, hasNextPage: !exhausted, hasPreviousPage: place.rank > 0, totalCount: rows.length },
    totalCount: () => enumeration.count(() => spendPasses(asking, walk, PASSES.count)).toString(),
    sums: () => {
      if (noSums !== null) return noPathSumsAnswer(noSums)
      const { absolute, cancellation } = enumeration.totals(() =>
        spendPasses(asking, walk, totalPasses(walk.graph)),
      )
      const coveredMass = covered(absolute)
      return {
        coveredMass,
        coveredMassReason:
          coveredMass === null ? 'no path between these ends has a product other than 0' : null,
        cancellation,
        cancellationReason: cancellation === null ? 'the signed total is 0' : null,
      }
    },
    exhausted,
    tieCut,
    hiddenControlPaths: () =>
      enumeration.hidden(() => hiddenControlPaths(open, request, walk, scores, deps.library, asking)),
    bigram: walk.bigram,
  }
}

/** The question with every default filled in, and where its page begins. Throws BAD_CURSOR, BAD_PATTERN, NOT_MEANINGFUL. */
export function pathRequest(open: OpenGraph, question: PathQuestion) {
  const rankBy = rankFor(open, question.rankBy)
  const links = question.links ?? PRODUCT_LINKS
  const pattern = question.pattern === null ? null : patternOf(question.pattern)
  const spelt = pattern === null ? null : printPattern(pattern)
  const asked = { ask: 'paths', from: question.from, to: question.to, rankBy, links, pattern: spelt } as const
  const key = questionKey(plainJson({ graph: open.id, ...asked, ...canonicalEnds(asked, open.graph) }))
  const place = question.after === null ? START : placeOf(decodeCursor(key, question.after))
  return { rankBy, links, pattern, asked, key, place }
}

async function beginEnumeration(
  open: OpenGraph,
  request: WalkRequest,
  rankBy: PathRank,
  scores: Scores,
  asking: Asking,
  { library }: PathDeps,
): Promise<PathEnumeration> {
  const walk = await askedWalk(open, request, scores, library, asking)
  spendPasses(asking, walk, PASSES.ranking)
  return new PathEnumeration(walk, rankBy)
}

function noPathSumsAnswer(reason: string): PathSumsAnswer {
  return { coveredMass: null, coveredMassReason: reason, cancellation: null, cancellationReason: reason }
}

function whyNoSums(open: OpenGraph, rankBy: PathRank): string | null {
  return rankBy === 'WEAKEST_SCORE' ? NO_PRODUCTS : noPathSums(open)
}

/** Passes over the paths of earlier pages, unless the enumeration stands there already. */
async function goTo(place: PathPlace, enumeration: PathEnumeration, breath: Breath): Promise<void> {
  while (enumeration.rank < place.rank && enumeration.next() !== null) if (breath.isDue) await breath.take()
  if (enumeration.rank !== place.rank || enumeration.lastKey !== place.key)
    throw new InvalidInput('BAD_CURSOR', 'this cursor points at a path that the question does not have')
}

/** Edges without a value are looked for both ways where there are any. */
export function totalPasses({ weight }: CompactGraph): number {
  return PASSES.totals + (valueTraits(weight).missing ? PASSES.unvalued : 0)
}

const NO_PRODUCTS = 'scores of this graph are effects already: multiplying them along a path has no meaning'

/** The default of the graph's edge meaning (language.md §5). */
export function defaultRank({ graph }: OpenGraph): PathRank {
  switch (graph.edgeMeaning) {
    case 'WEIGHT':
    case 'DERIVATIVE':
      return 'ABSOLUTE_PRODUCT'
    case 'SCALED_CONTRIBUTION':
      return 'SHARE'
    case 'EFFECT_SCORE':
    case 'UNSIGNED_IMPORTANCE':
      return 'WEAKEST_SCORE'
    default:
      return graph.edgeMeaning satisfies never
  }
}

/** May products be taken along paths of this graph? (semantics.md §1) */
export function multipliesAlongPaths({ graph }: OpenGraph): boolean {
  return graph.edgeMeaning !== 'EFFECT_SCORE' && graph.edgeMeaning !== 'UNSIGNED_IMPORTANCE'
}

/** What paths are ranked by, the default where nothing is asked. Throws NOT_MEANINGFUL for products of scores. */
export function rankFor(open: OpenGraph, asked: PathRank | null, path = 'rankBy'): PathRank {
  const rank = asked ?? defaultRank(open)
  if (!multipliesAlongPaths(open) && rank !== 'WEAKEST_SCORE') {
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `paths of a graph of ${open.graph.edgeMeaning} cannot be ranked by ${rank}`,
      {
        path,
        hint: 'its scores are not multiplied: rank by WEAKEST_SCORE',
      },
    )
  }
  return rank
}

/** Where a page begins: behind the path of this rank and key. */
interface PathPlace {
  readonly rank: number
  readonly key: string | null
}

const START: PathPlace = { rank: 0, key: null }

function placeOf(cursor: unknown): PathPlace {
  const [rank, key] = Array.isArray(cursor) ? (cursor as readonly unknown[]) : []
  if (typeof rank === 'number' && Number.isSafeInteger(rank) && rank >= 1)
    if (key === null || typeof key === 'string') return { rank, key }
  throw new InvalidInput('BAD_CURSOR', 'this cursor was not given out by a path question')
}

/** A path as it is told. */
export function pathRow(
  path: StrongPath,
  rank: number,
  rankBy: PathRank,
  walk: QuestionWalk,
  open: OpenGraph,
): PathRow {
  const steps = path.nodes.map((node) => walk.stepOf(node))
  return {
    rank,
    steps,
    hops: path.edges.map((edge, i) => ({
      ...walk.hopOf(path.firstEdges[i]!, edge),
      weight: path.values[i]!,
    })),
    hopCount: path.edges.length,
    bindings: walk.bindings(path).map(({ variable, kind, places }) => ({
      variable,
      elements: places.map((place) =>
        kind === 'NODES' ? steps[place]!.address : `${steps[place]!.address}->${steps[place + 1]!.address}`,
      ),
    })),
    product: multipliesAlongPaths(open) ? path.product : null,
    productReason: !multipliesAlongPaths(open)
      ? NO_PRODUCTS
      : path.product === null
        ? 'a control link through attention has no value'
        : null,
    log2AbsProduct: multipliesAlongPaths(open) ? path.log2AbsProduct : null,
    share: rankBy === 'SHARE' ? path.key : null,
    weakestScore: rankBy === 'WEAKEST_SCORE' ? path.key : null,
  }
}

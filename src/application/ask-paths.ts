/** The strongest paths between two sets, in the exact order of language.md §5, with counts and covered mass. */
import { InvalidInput, throwIfAborted } from '../domain/errors.js'
import { CoveredMass } from '../graph/covered-mass.js'
import { countPaths } from '../graph/path-count.js'
import { pathTotals } from '../graph/path-totals.js'
import { type StrongPath, strongestPaths } from '../graph/strongest-paths.js'
import { decodeCursor, encodeCursor, questionKey } from '../query/cursor.js'
import { PRODUCT_LINKS } from '../query/graph-expression.js'
import type { Scores } from '../query/node-filter.js'
import { patternOf } from '../query/pattern/pattern-of.js'
import { printPattern } from '../query/pattern/print-pattern.js'
import { beginAnswer } from './answer-base.js'
import type { PathAnswer, PathRow } from './answers.js'
import { askedWalk, hiddenControlPaths } from './asked-walk.js'
import { noPathSums } from './collapsed-limits.js'
import { plainJson } from './plain-json.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { QuestionWalk } from './question-walk.js'
import type { PathQuestion, PathRank } from './questions.js'
import type { Asking, OpenGraph } from './use-cases.js'

export const MAX_PATHS = 10_000
/** Paths between two looks at the clock and the signal. */
const STRIDE = 500

export async function askPaths(
  open: OpenGraph,
  question: PathQuestion,
  scores: Scores,
  asking: Asking,
  deps: { readonly library: ModelLibrary; readonly clock: Clock },
): Promise<PathAnswer> {
  const rankBy = rankFor(open, question.rankBy)
  if (!Number.isInteger(question.first) || question.first < 1 || question.first > MAX_PATHS) {
    throw new InvalidInput('BAD_INPUT', `first lies between 1 and ${MAX_PATHS}, not ${question.first}`, {
      path: 'first',
    })
  }
  const links = question.links ?? PRODUCT_LINKS
  const pattern = question.pattern === null ? null : patternOf(question.pattern)
  const spelt = pattern === null ? {} : { pattern: printPattern(pattern) }
  const asked = { ask: 'paths', from: question.from, to: question.to, rankBy, links, ...spelt }
  const finish = beginAnswer(open, { ...asked, first: question.first, after: question.after }, deps.clock)
  const key = questionKey(plainJson({ graph: open.id, ...asked }))
  const skipped = question.after === null ? 0 : rankOf(decodeCursor(key, question.after))

  const walked = { from: question.from, to: question.to, links, pattern }
  const walk = await askedWalk(open, walked, scores, deps.library)
  const { graph, order, sources, sinks, transparent } = walk
  const multiplies = rankBy !== 'WEAKEST_SCORE'
  const noSums = multiplies ? noPathSums(open) : NO_PRODUCTS
  const totals = noSums === null ? pathTotals(graph, order, sources, sinks) : null
  const covered = totals === null ? null : new CoveredMass(totals.absolute)
  const shares = rankBy === 'SHARE' ? walk.shares() : null
  const stream = strongestPaths(graph, order, {
    sources,
    sinks,
    rank: rankBy,
    shares,
    transparent,
    places: walk.places,
    zeroProducts: 'LAST',
  })

  for (let rank = 1; rank <= skipped; rank++) {
    const path = stream.next()
    if (path?.scaledProduct) covered?.add(path.scaledProduct)
    if (rank % STRIDE === 0) await breathe(asking)
  }
  const rows: { row: PathRow; cursor: string }[] = []
  while (rows.length < question.first) {
    const path = stream.next()
    if (path === null) break
    if (path.scaledProduct) covered?.add(path.scaledProduct)
    const rank = skipped + rows.length + 1
    rows.push({ row: rowOf(path, rank, rankBy, walk, open), cursor: encodeCursor(key, [rank]) })
    if (rows.length % STRIDE === 0) await breathe(asking)
  }
  const count = countPaths(graph, order, sources, sinks).total
  const hidden = await hiddenControlPaths(open, walked, scores, deps.library, count)
  return {
    ...finish(),
    rankBy,
    paths: { rows, hasNextPage: !stream.exhausted, hasPreviousPage: skipped > 0, totalCount: rows.length },
    totalCount: count.toString(),
    coveredMass: covered?.share ?? null,
    coveredMassReason:
      noSums ?? (covered?.share === null ? 'no path between these ends has a product other than 0' : null),
    exhausted: stream.exhausted,
    tieCut: stream.tieCut,
    cancellation: totals?.cancellation ?? null,
    cancellationReason: noSums ?? (totals?.cancellation === null ? 'the signed total is 0' : null),
    hiddenControlPaths: hidden,
  }
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

function rankOf(key: unknown): number {
  const rank = Array.isArray(key) ? (key[0] as unknown) : null
  if (typeof rank !== 'number' || !Number.isSafeInteger(rank) || rank < 1)
    throw new InvalidInput('BAD_CURSOR', 'this cursor was not given out by a path question')
  return rank
}

async function breathe(asking: Asking): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
  throwIfAborted(asking.signal)
}

function rowOf(
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

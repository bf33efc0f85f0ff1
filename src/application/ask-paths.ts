/** The strongest paths between two sets, in the exact order of language.md §5, with counts and covered mass. */
import { InvalidInput } from '../domain/errors.js'
import type { CompactGraph } from '../graph/compact-graph.js'
import { CoveredMass } from '../graph/covered-mass.js'
import { countPaths } from '../graph/path-count.js'
import { pathTotals } from '../graph/path-totals.js'
import { type StrongPath, strongestPaths } from '../graph/strongest-paths.js'
import { PASSES, pathWork } from '../query/cost/structure-plan.js'
import { decodeCursor, encodeCursor, questionKey } from '../query/cursor.js'
import { PRODUCT_LINKS } from '../query/graph-expression.js'
import type { Scores } from '../query/node-filter.js'
import { patternOf } from '../query/pattern/pattern-of.js'
import { printPattern } from '../query/pattern/print-pattern.js'
import { beginAnswer } from './answer-base.js'
import type { PathAnswer, PathRow } from './answers.js'
import { askedWalk, hiddenControlPaths } from './asked-walk.js'
import { Breath } from './breath.js'
import { canonicalEnds } from './canonical-question.js'
import { plainJson } from './plain-json.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { QuestionWalk } from './question-walk.js'
import type { PathQuestion, PathRank } from './questions.js'
import { spendPasses } from './spent-work.js'
import type { Asking, OpenGraph } from './use-cases.js'

export const MAX_PATHS = 10_000

export async function askPaths(
  open: OpenGraph,
  question: PathQuestion,
  scores: Scores,
  asking: Asking,
  deps: { readonly library: ModelLibrary; readonly clock: Clock },
): Promise<PathAnswer> {
  const rankBy = question.rankBy ?? defaultRank(open)
  checkRank(open, rankBy)
  if (!Number.isInteger(question.first) || question.first < 1 || question.first > MAX_PATHS) {
    throw new InvalidInput('BAD_INPUT', `first lies between 1 and ${MAX_PATHS}, not ${question.first}`, {
      path: 'first',
    })
  }
  const links = question.links ?? PRODUCT_LINKS
  const pattern = question.pattern === null ? null : patternOf(question.pattern)
  const spelt = pattern === null ? null : printPattern(pattern)
  const asked = { ask: 'paths', from: question.from, to: question.to, rankBy, links, pattern: spelt } as const
  const finish = beginAnswer(open, { ...asked, first: question.first, after: question.after }, deps.clock)
  const key = questionKey(plainJson({ graph: open.id, ...asked, ...canonicalEnds(asked, open.graph) }))
  const skipped = question.after === null ? 0 : rankOf(decodeCursor(key, question.after))

  const walked = { from: question.from, to: question.to, links, pattern }
  const walk = await askedWalk(open, walked, scores, deps.library, asking)
  const { graph, order, sources, sinks, transparent } = walk
  const breath = new Breath(asking)
  await breath.take()
  const multiplies = rankBy !== 'WEAKEST_SCORE'
  if (multiplies) spendPasses(asking, walk, totalPasses(graph))
  const totals = multiplies ? pathTotals(graph, order, sources, sinks) : null
  await breath.take()
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
    if (breath.isDue) await breath.take()
  }
  const rows: { row: PathRow; cursor: string }[] = []
  while (rows.length < question.first) {
    const path = stream.next()
    if (path === null) break
    if (path.scaledProduct) covered?.add(path.scaledProduct)
    const rank = skipped + rows.length + 1
    rows.push({ row: rowOf(path, rank, rankBy, walk, open), cursor: encodeCursor(key, [rank]) })
    if (breath.isDue) await breath.take()
  }
  await breath.take()
  const told = rows.reduce((links, { row }) => links + row.hopCount + 1, 0)
  asking.meter?.spend(pathWork(told, { nodes: graph.nodeCount, edges: graph.edgeCount }))
  spendPasses(asking, walk, PASSES.ranking + PASSES.count)
  const count = countPaths(graph, order, sources, sinks).total
  await breath.take()
  const hidden = await hiddenControlPaths(open, walked, scores, deps.library, asking, count)
  return {
    ...finish(),
    rankBy,
    paths: { rows, hasNextPage: !stream.exhausted, hasPreviousPage: skipped > 0, totalCount: rows.length },
    totalCount: count.toString(),
    coveredMass: covered?.share ?? null,
    coveredMassReason: !multiplies
      ? NO_PRODUCTS
      : covered?.share === null
        ? 'no path between these ends has a product other than 0'
        : null,
    exhausted: stream.exhausted,
    tieCut: stream.tieCut,
    cancellation: totals?.cancellation ?? null,
    cancellationReason: !multiplies
      ? NO_PRODUCTS
      : totals?.cancellation === null
        ? 'the signed total is 0'
        : null,
    hiddenControlPaths: hidden,
  }
}

/** Edges without a value are looked for both ways where there are any. */
export function totalPasses({ weight }: CompactGraph): number {
  return PASSES.totals + (weight.some(Number.isNaN) ? PASSES.unvalued : 0)
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

function checkRank(open: OpenGraph, rank: PathRank): void {
  if (!multipliesAlongPaths(open) && rank !== 'WEAKEST_SCORE') {
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `paths of a graph of ${open.graph.edgeMeaning} cannot be ranked by ${rank}`,
      {
        path: 'rankBy',
        hint: 'its scores are not multiplied: rank by WEAKEST_SCORE',
      },
    )
  }
}

function rankOf(key: unknown): number {
  const rank = Array.isArray(key) ? (key[0] as unknown) : null
  if (typeof rank !== 'number' || !Number.isSafeInteger(rank) || rank < 1)
    throw new InvalidInput('BAD_CURSOR', 'this cursor was not given out by a path question')
  return rank
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

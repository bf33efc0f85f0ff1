/** One pattern over all circuits that a filter selects (language.md §5, match). */
import { InvalidInput } from '../domain/errors.js'
import type { CircuitSummary } from '../domain/records.js'
import { countPaths } from '../graph/path-count.js'
import { strongestPaths } from '../graph/strongest-paths.js'
import type { CircuitCondition } from '../query/catalogue-query.js'
import { PASSES, pathWork } from '../query/cost/structure-plan.js'
import { decodeCursor, encodeCursor, questionKey } from '../query/cursor.js'
import { EXISTENCE_LINKS } from '../query/graph-expression.js'
import { necessaryCondition } from '../query/pattern/necessary-condition.js'
import type { PathPattern } from '../query/pattern/path-pattern.js'
import { patternOf } from '../query/pattern/pattern-of.js'
import { printPattern } from '../query/pattern/print-pattern.js'
import type { CircuitMatch, MatchPage } from './answers.js'
import { defaultRank, pathRow } from './ask-paths.js'
import { askedWalk } from './asked-walk.js'
import { Breath } from './breath.js'
import { boundsOf } from './paging.js'
import { plainJson } from './plain-json.js'
import type { CircuitStore } from './ports/circuit-store.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { QuestionWalk } from './question-walk.js'
import type { MatchQuestion } from './questions.js'
import { Skipped } from './skipped-circuits.js'
import { spendPasses } from './spent-work.js'
import type { Asking, OpenGraph } from './use-cases.js'

export const DEFAULT_PER_CIRCUIT = 10
export const MOST_PER_CIRCUIT = 1_000
/** Candidates that are looked up at once. */
const AT_ONCE = 50

export interface MatchDeps {
  readonly store: CircuitStore
  readonly library: ModelLibrary
  readonly open: (id: string, asking: Asking) => Promise<OpenGraph>
  readonly scores: (open: OpenGraph) => Promise<ReadonlyMap<string, readonly (number | null)[]>>
}

interface Place {
  readonly circuit: string
  readonly rank: number
}

/**
 * Rows by circuit id, then by path: at most `perCircuit` of each circuit. The store names the circuits that may match;
 * one after the other is opened and walked until the page is full, so a page holds one circuit at a time in memory.
 * Circuits in which the pattern has no meaning have no match and are counted. Throws BAD_PATTERN, BAD_CURSOR, CANCELLED,
 * and BAD_INPUT, also where no circuit has what the pattern asks of every one, such as a score.
 */
export async function matchCatalogue(
  question: MatchQuestion,
  asking: Asking,
  deps: MatchDeps,
): Promise<MatchPage> {
  const pattern = patternOf(question.pattern, 'pattern')
  const { perCircuit } = question
  if (!Number.isInteger(perCircuit) || perCircuit < 1 || perCircuit > MOST_PER_CIRCUIT)
    throw new InvalidInput(
      'BAD_INPUT',
      `perCircuit lies between 1 and ${MOST_PER_CIRCUIT}, not ${perCircuit}`,
      {
        path: 'perCircuit',
      },
    )
  if (question.page.last !== null || question.page.before !== null)
    throw new InvalidInput('BAD_INPUT', 'matches are found one after the other: page with first and after')
  const { size } = boundsOf(question.page)
  const key = questionKey(
    plainJson({ match: printPattern(pattern), where: question.where, perCircuit, links: EXISTENCE_LINKS }),
  )
  const place = question.page.after === null ? null : placeOf(decodeCursor(key, question.page.after))
  const rows: { row: CircuitMatch; cursor: string }[] = []
  const breath = new Breath(asking)
  const skipped = new Skipped()
  let seen = 0
  for await (const summary of candidates(question.where, pattern, place, deps.store)) {
    const after = summary.id === place?.circuit ? place.rank : 0
    const open = await deps.open(summary.id, asking)
    const walk = await skipped.unless(walkOf(open, pattern, asking, deps))
    seen++
    if (walk !== null)
      for (const row of await matchesIn(summary, open, walk, { after, most: perCircuit }, asking, breath))
        rows.push({ row, cursor: encodeCursor(key, [summary.id, row.path.rank]) })
    if (rows.length > size) break
    await breath.take()
  }
  if (place === null) skipped.refuseIfAll(seen)
  return {
    skipped: skipped.circuits,
    rows: rows.slice(0, size),
    hasNextPage: rows.length > size,
    hasPreviousPage: place !== null,
    totalCount: Math.min(rows.length, size),
  }
}

/** Circuits that hold what every match needs, by id; from the circuit of the cursor on. */
async function* candidates(
  where: CircuitCondition | null,
  pattern: PathPattern,
  place: Place | null,
  store: CircuitStore,
): AsyncGenerator<CircuitSummary, void> {
  const needed = [where, necessaryCondition(pattern)].filter((part) => part !== null)
  const condition: CircuitCondition | null = needed.length === 0 ? null : { kind: 'and', of: needed }
  if (place !== null) {
    const same: CircuitCondition = { kind: 'choice', field: 'id', in: [place.circuit] }
    const of = condition === null ? [same] : [condition, same]
    yield* (await page({ kind: 'and', of }, null, store)).rows
  }
  let after = place?.circuit ?? null
  for (;;) {
    const { rows, more } = await page(condition, after, store)
    yield* rows
    if (!more) return
    after = rows.at(-1)!.id
  }
}

async function page(
  where: CircuitCondition | null,
  after: string | null,
  store: CircuitStore,
): Promise<{ readonly rows: readonly CircuitSummary[]; readonly more: boolean }> {
  const slice = await store.findCircuits({
    where,
    orderBy: [{ field: 'id', direction: 'ASC' }],
    limit: AT_ONCE,
    after: after === null ? null : [after, after],
    backwards: false,
  })
  return { rows: slice.rows.map(({ row }) => row), more: slice.more }
}

async function walkOf(
  open: OpenGraph,
  pattern: PathPattern,
  asking: Asking,
  deps: MatchDeps,
): Promise<QuestionWalk> {
  const request = { from: null, to: null, links: EXISTENCE_LINKS, pattern }
  return askedWalk(open, request, await deps.scores(open), deps.library, asking)
}

async function matchesIn(
  circuit: CircuitSummary,
  open: OpenGraph,
  walk: QuestionWalk,
  { after, most }: { readonly after: number; readonly most: number },
  asking: Asking,
  breath: Breath,
): Promise<readonly CircuitMatch[]> {
  const { graph, order, sources, sinks, transparent, places } = walk
  const pathCount = countPaths(graph, order, sources, sinks).total.toString()
  if (pathCount === '0') return []
  await breath.take()
  const rank = defaultRank(open)
  const shares = rank === 'SHARE' ? walk.shares() : null
  const stream = strongestPaths(graph, order, {
    ...{ sources, sinks, rank, shares, transparent, places, zeroProducts: 'LAST' },
  })
  spendPasses(asking, walk, PASSES.ranking + PASSES.count)
  await breath.take()
  const rows: CircuitMatch[] = []
  for (let told = 1; told <= most; told++) {
    const path = stream.next()
    if (path === null) break
    asking.meter?.spend(pathWork(path.edges.length + 1, { nodes: graph.nodeCount, edges: graph.edgeCount }))
    if (told > after) rows.push({ circuit, open, pathCount, path: pathRow(path, told, rank, walk, open) })
    if (breath.isDue) await breath.take()
  }
  return rows
}

function placeOf(cursor: unknown): Place {
  const [circuit, rank] = Array.isArray(cursor) ? (cursor as readonly unknown[]) : []
  if (typeof circuit === 'string' && /^[0-9a-f]{64}$/.test(circuit))
    if (typeof rank === 'number' && Number.isSafeInteger(rank) && rank >= 1) return { circuit, rank }
  throw new InvalidInput('BAD_CURSOR', 'this cursor was not given out by match')
}

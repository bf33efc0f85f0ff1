/** The catalogue answers filters, orders and pages as a plain evaluation in memory does. */
import fc from 'fast-check'
import type { CircuitSummary } from '../../../src/domain/records.js'
import {
  CIRCUIT_ORDER_FIELDS,
  type CircuitCatalogueQuery,
  type CircuitCondition,
  type Direction,
  type TextMatch,
} from '../../../src/query/catalogue-query.js'
import { expectedSlice, matchesCondition } from '../../support/catalogue-oracle.js'
import { AWKWARD_TEXTS, circuitRecord, instant, randomCircuit } from '../../support/random-circuit.js'
import { seededRandom } from '../../support/seeded-random.js'
import type { StoreContract } from '../circuit-store.js'
import { takePlace } from './place.js'

const SIZE = 240

export function describeCatalogue(contract: StoreContract): void {
  describe('the catalogue', () => {
    const taken = takePlace(contract)
    let all: readonly CircuitSummary[] = []

    beforeAll(async () => {
      const random = seededRandom(7)
      const ids: string[] = []
      for (let i = 0; i < SIZE; i++) {
        const circuit = randomCircuit(1_000 + i, { nodes: 2 + random.below(4), edges: random.below(4) })
        const name =
          random.below(3) === 0
            ? null
            : `${random.pick(AWKWARD_TEXTS)}${random.below(3) === 0 ? ` ${i}` : ''}`
        const record = circuitRecord(circuit, 1_000 + i, { name, at: instant(random.below(40)) })
        await taken.store.putCircuit(record)
        if (random.below(8) === 0)
          await taken.store.putCircuit({ ...record, name: `second name ${random.pick(AWKWARD_TEXTS)}` })
        ids.push(circuit.id)
      }
      const found = await taken.store.circuitSummaries(ids)
      all = found.filter((summary) => summary !== null)
    }, 180_000)

    it.each(
      CIRCUIT_ORDER_FIELDS.flatMap((field) =>
        (['ASC', 'DESC'] as const).map((direction) => [field, direction] as const),
      ),
    )(
      'pages by %s %s forwards and backwards without losing or repeating a row',
      async (field, direction) => {
        expect(all).toHaveLength(SIZE)
        for (const [limit, backwards] of [
          [7, false],
          [7, true],
          [SIZE, false],
          [SIZE, true],
        ] as const) {
          await walk(taken.store.findCircuits.bind(taken.store), all, {
            where: null,
            orderBy: [{ field, direction }],
            limit,
            after: null,
            backwards,
          })
        }
      },
      60_000,
    )

    it('pages through any filter and several orders as a plain evaluation does', async () => {
      const order = fc.array(
        fc.record({
          field: fc.constantFrom(...CIRCUIT_ORDER_FIELDS),
          direction: fc.constantFrom<Direction>('ASC', 'DESC'),
        }),
        { maxLength: 3 },
      )
      await fc.assert(
        fc.asyncProperty(
          conditionOver(all),
          order,
          fc.integer({ min: 1, max: 60 }),
          fc.boolean(),
          async (where, orderBy, limit, backwards) => {
            const rows = all.filter((summary) => matchesCondition(summary, where))
            await walk(taken.store.findCircuits.bind(taken.store), rows, {
              where,
              orderBy,
              limit,
              after: null,
              backwards,
            })
          },
        ),
        { numRuns: Number(process.env['CIRCUITQL_RUNS'] ?? 150) },
      )
    }, 120_000)

    it('continues after a key whose row is gone, and tells how much a page of no rows leaves', async () => {
      const orderBy = [{ field: 'createdAt', direction: 'DESC' }] as const
      for (const after of [
        [instant(20), '8'],
        [instant(-5), ''],
        [instant(99), 'f'.repeat(64)],
      ]) {
        for (const backwards of [false, true]) {
          const query = { where: null, orderBy, limit: 5, after, backwards }
          expect(await taken.store.findCircuits(query)).toEqual(expectedSlice(all, query))
        }
      }
      expect(
        await taken.store.findCircuits({ where: null, orderBy, limit: 0, after: null, backwards: false }),
      ).toEqual({ rows: [], more: true, totalCount: SIZE })
    })

    it('refuses a key that does not belong to the order', async () => {
      const query = {
        where: null,
        orderBy: [{ field: 'name', direction: 'ASC' }] as const,
        limit: 5,
        after: ['x'],
        backwards: false,
      }
      await expect(taken.store.findCircuits(query)).rejects.toMatchObject({ code: 'BAD_CURSOR' })
    })
  })
}

type Find = (query: CircuitCatalogueQuery) => Promise<unknown>

/** Walks all pages of a query; each must be the one that the oracle gives. */
async function walk(
  find: Find,
  rows: readonly CircuitSummary[],
  first: CircuitCatalogueQuery,
): Promise<void> {
  let query = first
  let seen = 0
  for (;;) {
    const wanted = expectedSlice(rows, query)
    expect(await find(query)).toEqual(wanted)
    seen += wanted.rows.length
    if (!wanted.more) break
    query = { ...query, after: (query.backwards ? wanted.rows[0]! : wanted.rows.at(-1)!).key }
  }
  expect(seen).toBe(rows.length)
}

/** Random condition trees whose values mostly occur in the catalogue. */
function conditionOver(all: readonly CircuitSummary[]): fc.Arbitrary<CircuitCondition | null> {
  const one = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...(values as [T, ...T[]]))
  const texts = all.flatMap((circuit) =>
    [...circuit.names, circuit.modelKey, circuit.taskName, circuit.promptText].filter(
      (text) => text !== null,
    ),
  )
  const whole = fc.oneof(
    one(texts),
    one(AWKWARD_TEXTS),
    one(texts.map((text) => text.toUpperCase())),
    one(['ss', 'FI', 'i̇', 'σας', '', '%', '_', 'no such text']),
  )
  const piece = fc
    .tuple(whole, fc.nat(6), fc.nat(6))
    .map(([text, from, length]) => [...text].slice(from, from + length).join(''))
  const match: fc.Arbitrary<TextMatch> = fc.oneof(
    fc.record({ eq: whole }),
    fc.record({ in: fc.array(whole, { maxLength: 4 }) }),
    fc.record({ contains: piece }),
    fc.record({ startsWith: piece }),
    fc.record({ contains: piece, startsWith: piece }),
    fc.constant({}),
  )
  const bound = fc.option(fc.integer({ min: 0, max: 7 }), { nil: undefined })
  const time = fc.option(fc.integer({ min: -1, max: 41 }).map(instant), { nil: undefined })
  return fc.option(
    fc.letrec<{ condition: CircuitCondition }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.record({
          kind: fc.constant('text' as const),
          field: fc.constantFrom('name', 'modelKey', 'taskName', 'promptText'),
          match,
        }),
        fc.oneof(
          fc.record({
            kind: fc.constant('choice' as const),
            field: fc.constant('source' as const),
            in: fc.subarray(['SPARSE_WEIGHTS', 'ATTRIBUTION_GRAPH', 'nothing']),
          }),
          fc.record({
            kind: fc.constant('choice' as const),
            field: fc.constant('edgeMeaning' as const),
            in: fc.subarray(['WEIGHT', 'DERIVATIVE', 'EFFECT_SCORE']),
          }),
          fc.record({
            kind: fc.constant('choice' as const),
            field: fc.constant('id' as const),
            in: fc.array(one(all.map(({ id }) => id)), { maxLength: 5 }),
          }),
        ),
        fc.record({
          kind: fc.constant('number' as const),
          field: fc.constantFrom('nodeCount', 'edgeCount'),
          match: fc.record({ eq: bound, gte: bound, lte: bound }),
        }),
        fc.record({
          kind: fc.constant('time' as const),
          field: fc.constant('createdAt' as const),
          gte: time,
          lte: time,
        }),
        fc.record({
          kind: fc.constantFrom('and' as const, 'or' as const),
          of: fc.array(tie('condition'), { maxLength: 4 }),
        }),
        fc.record({ kind: fc.constant('not' as const), of: tie('condition') }),
      ) as fc.Arbitrary<CircuitCondition>,
    })).condition,
    { nil: null, freq: 20 },
  )
}

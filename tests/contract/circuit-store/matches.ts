/** What patterns over the catalogue need of a store: it names every circuit that may match, in the order of ids. */
import fc from 'fast-check'
import type { Circuit } from '../../../src/domain/graph-data.js'
import type { CircuitSummary } from '../../../src/domain/records.js'
import type { CircuitCondition, NodePlace } from '../../../src/query/catalogue-query.js'
import { matchesCondition } from '../../support/catalogue-oracle.js'
import { drawnMatchPattern, everyMatch, withoutNarrowing } from '../../support/match-world.js'
import { circuitRecord, randomCircuit } from '../../support/random-circuit.js'
import type { StoreContract } from '../circuit-store.js'
import { takePlace } from './place.js'

const SIZE = 36
const RUNS = Number(process.env['CIRCUITQL_RUNS'] ?? 40)

const place: fc.Arbitrary<NodePlace> = fc.record(
  {
    kinds: fc.subarray(['FEATURE', 'LOGIT', 'TOKEN', 'ERROR', 'HEAD', 'CHANNEL'] as const, { minLength: 1 }),
    taps: fc.subarray(['q', 'act_in', 'post_act', 'resid_delta'], { minLength: 1 }),
    layer: fc.record(
      {
        eq: fc.integer({ min: -1, max: 9 }),
        gte: fc.integer({ min: 0, max: 9 }),
        lte: fc.integer({ min: 0, max: 9 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
)

export function describeMatches(contract: StoreContract): void {
  describe('patterns over the catalogue', () => {
    const taken = takePlace(contract)
    const circuits: Circuit[] = []
    let all: readonly CircuitSummary[] = []

    beforeAll(async () => {
      for (let i = 0; i < SIZE; i++) {
        const source = i % 3 === 0 ? 'COMPONENT_GRAPH' : 'ATTRIBUTION_GRAPH'
        const circuit = randomCircuit(5_000 + i, { nodes: 3 + (i % 6), edges: i % 11, source })
        await taken.store.putCircuit(circuitRecord(circuit, 5_000 + i, { name: null }))
        circuits.push(circuit)
      }
      const found = await taken.store.circuitSummaries(circuits.map(({ id }) => id))
      all = found.filter((summary) => summary !== null)
    }, 180_000)

    it('finds the circuits that hold a node at a place, as a plain look at their nodes does', async () => {
      await fc.assert(
        fc.asyncProperty(place, fc.boolean(), async (node, negated) => {
          const holds: CircuitCondition = { kind: 'holds', node }
          const where: CircuitCondition = negated ? { kind: 'not', of: holds } : holds
          const expected = all
            .filter((summary, i) => matchesCondition(summary, where, circuits[i]!))
            .map(({ id }) => id)
            .sort()
          const orderBy = [{ field: 'id', direction: 'ASC' }] as const
          const found = await taken.store.findCircuits({
            where,
            orderBy,
            limit: SIZE,
            after: null,
            backwards: false,
          })
          expect(found.rows.map(({ row }) => row.id)).toEqual(expected)
        }),
        { numRuns: RUNS },
      )
    }, 120_000)

    it('names every circuit whose stored edges make a row, also one that uses an edge there and back', async () => {
      const thereAndBack = { nodes: [{}, {}, {}], backward: [false, true] }
      const drawn = fc.integer({ min: 0, max: 3 }).chain((hops) =>
        fc.record({
          nodes: fc.array(place, { minLength: hops + 1, maxLength: hops + 1 }),
          backward: fc.array(fc.boolean(), { minLength: hops, maxLength: hops }),
        }),
      )
      expect(circuits.filter(({ edges }) => edges.source.length === 1)).not.toHaveLength(0)
      await fc.assert(
        fc.asyncProperty(drawn, async (row) => {
          const where: CircuitCondition = { kind: 'chain', ...row }
          const orderBy = [{ field: 'id', direction: 'ASC' }] as const
          const query = { where, orderBy, limit: SIZE, after: null, backwards: false }
          const found = await taken.store.findCircuits(query)
          const expected = all.filter((summary, i) => matchesCondition(summary, where, circuits[i]!))
          expect(found.rows.map(({ row }) => row.id)).toEqual(
            expect.arrayContaining(expected.map(({ id }) => id)),
          )
        }),
        { numRuns: RUNS, examples: [[thereAndBack]] },
      )
    }, 120_000)

    it('loses no match by narrowing, and gives the same rows page by page', async () => {
      let seen = 0
      await fc.assert(
        fc.asyncProperty(
          drawnMatchPattern,
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 1, max: 40 }),
          async (pattern, perCircuit, size) => {
            const question = { pattern, where: null, perCircuit }
            const whole = await everyMatch(question, withoutNarrowing(taken.store), 1_000)
            expect(await everyMatch(question, taken.store, size)).toEqual(whole)
            seen += whole.length
          },
        ),
        { numRuns: RUNS / 2 },
      )
      expect(seen).toBeGreaterThan(0)
    }, 240_000)
  })
}

/** How a load is cut into transactions, and which edges become relationships. */
import fc from 'fast-check'
import type { EdgeColumns } from '../../../../src/domain/graph-data.js'
import { batched, type LoadStep } from '../../../../src/stores/neo4j/load-step.js'
import { strongestEdges } from '../../../../src/stores/neo4j/strongest-edges.js'

describe('the steps of a load', () => {
  it('stay in order, none is lost, one batch is the first and one the last', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 })), (works) => {
        const steps = works.map((work, i): LoadStep => ({ statements: [], work, edgesDone: i }))
        const batches = [...batched(steps)]
        expect(batches.flatMap((batch) => batch.steps)).toEqual(steps)
        expect(batches.map(({ isFirst }) => isFirst)).toEqual(batches.map((_, i) => i === 0))
        expect(batches.map(({ isLast }) => isLast)).toEqual(batches.map((_, i) => i === batches.length - 1))
        for (const batch of batches) {
          const work = batch.steps.reduce((sum, step) => sum + step.work, 0)
          expect(batch.steps.length <= 1 || work <= 12_000).toBe(true)
        }
      }),
    )
  })
})

describe('the edges that become relationships', () => {
  it('are the strongest, the earlier of two as strong, an unscored one last', () => {
    const weight = fc.oneof(fc.constantFrom(1, -1, 0, 2, Number.NaN), fc.double({ noNaN: true }))
    fc.assert(
      fc.property(fc.array(weight, { maxLength: 30 }), fc.nat(35), (weights, limit) => {
        const edges = { count: weights.length, weight: Float64Array.from(weights) } as EdgeColumns
        const rank = (e: number): number => (Number.isNaN(weights[e]!) ? -1 : Math.abs(weights[e]!))
        const wanted = weights
          .map((_, e) => e)
          .sort((a, b) => (rank(a) === rank(b) ? a - b : rank(b) > rank(a) ? 1 : -1))
          .slice(0, limit)
          .sort((a, b) => a - b)
        expect([...strongestEdges(edges, limit)]).toEqual(wanted)
      }),
    )
  })
})

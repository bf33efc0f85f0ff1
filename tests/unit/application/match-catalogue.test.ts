/** Patterns over many circuits: nothing is lost by looking for what they need first, and pages are one list. */
import fc from 'fast-check'
import { matchCatalogue } from '../../../src/application/match-catalogue.js'
import type { CircuitStore } from '../../../src/application/ports/circuit-store.js'
import type { Circuit } from '../../../src/domain/graph-data.js'
import { necessaryCondition } from '../../../src/query/pattern/necessary-condition.js'
import { patternOf } from '../../../src/query/pattern/pattern-of.js'
import { expectedSlice, matchesCondition } from '../../support/catalogue-oracle.js'
import { depsOver, drawnMatchPattern, everyMatch, withoutNarrowing } from '../../support/match-world.js'
import { circuitRecord, randomCircuit } from '../../support/random-circuit.js'

/** A catalogue in memory that takes every condition at its strictest. */
function storeOf(circuits: readonly Circuit[]): CircuitStore & { opened: number } {
  const rows = circuits.map((circuit, i) => ({
    ...{ ...circuitRecord(circuit, i), id: circuit.id, names: [], source: circuit.source },
    ...{ edgeMeaning: circuit.edgeMeaning, nodeCount: circuit.nodes.length, edgeCount: circuit.edges.count },
  }))
  const store = {
    opened: 0,
    circuit: async (id: string) => {
      store.opened++
      return circuits.find((circuit) => circuit.id === id) ?? null
    },
    findCircuits: async (query: Parameters<CircuitStore['findCircuits']>[0]) =>
      expectedSlice(
        rows.filter((row, i) => matchesCondition(row as never, query.where, circuits[i]!)) as never[],
        query,
      ),
  }
  return store as unknown as CircuitStore & { opened: number }
}

const CIRCUITS = Array.from({ length: 40 }, (_, i) =>
  randomCircuit(700 + i, {
    nodes: 3 + (i % 6),
    edges: i % 11,
    source: i % 3 === 0 ? 'COMPONENT_GRAPH' : 'ATTRIBUTION_GRAPH',
  }),
)
const asking = { signal: new AbortController().signal }
const first = (size: number) => ({ first: size, after: null, last: null, before: null })

describe('a pattern over the catalogue', () => {
  it('loses nothing by what it needs, whatever the pattern, and pages like one list', async () => {
    let seen = 0
    await fc.assert(
      fc.asyncProperty(
        drawnMatchPattern,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        async (pattern, perCircuit, size) => {
          const question = { pattern, where: null, perCircuit }
          const whole = await everyMatch(question, withoutNarrowing(storeOf(CIRCUITS)), 1_000)
          expect(await everyMatch(question, storeOf(CIRCUITS), size)).toEqual(whole)
          const circuits = whole.map((row) => (row as readonly string[])[0]!)
          expect(circuits).toEqual([...circuits].sort())
          seen += whole.length
        },
      ),
      { numRuns: 150 },
    )
    expect(seen).toBeGreaterThan(100)
  }, 60_000)

  it('opens only circuits that may match, and no more of them than the page needs', async () => {
    const pattern = '(:feature) -> ()'
    const all = storeOf(CIRCUITS)
    const rows = await everyMatch({ pattern, where: null, perCircuit: 1 }, all, 1_000)
    expect(all.opened).toBeLessThan(CIRCUITS.length)
    expect(rows.length).toBeGreaterThan(1)
    const some = storeOf(CIRCUITS)
    await matchCatalogue({ pattern, where: null, perCircuit: 1, page: first(1) }, asking, depsOver(some))
    expect(some.opened).toBeLessThan(all.opened)
  })

  it('tells of a pattern what every circuit with a match holds', () => {
    const onWeights = { kind: 'choice', field: 'source', in: ['SPARSE_WEIGHTS'] }
    const holds = (node: object) => ({ kind: 'holds', node })
    expect(necessaryCondition(patternOf('(:q WHERE layer = 3)'))).toEqual(
      holds({ taps: ['q'], layer: { gte: 3, lte: 3 } }),
    )
    expect(necessaryCondition(patternOf('(:token)'))).toEqual({
      kind: 'or',
      of: [onWeights, holds({ kinds: ['TOKEN'] })],
    })
    expect(necessaryCondition(patternOf('() => ()'))).toEqual(onWeights)
    expect(necessaryCondition(patternOf('()'))).toBeNull()
    expect(necessaryCondition(patternOf('(:q) | ()'))).toBeNull()
    expect(necessaryCondition(patternOf('(:q WHERE index > 3 AND NOT layer = 2)'))).toEqual(
      holds({ taps: ['q'] }),
    )
  })

  it.each([
    ['a pattern that cannot be read', { pattern: '(:feature' }, 'BAD_PATTERN'],
    ['too many paths of a circuit', { perCircuit: 1_001 }, 'BAD_INPUT'],
    ['a page from the end', { page: { first: null, after: null, last: 3, before: null } }, 'BAD_INPUT'],
    ['a cursor of another list', { page: { ...first(3), after: 'bm9wZQ' } }, 'BAD_CURSOR'],
  ])('refuses %s', async (_, given, code) => {
    const question = { pattern: '(:feature)', where: null, perCircuit: 3, page: first(5), ...given }
    await expect(matchCatalogue(question, asking, depsOver(storeOf(CIRCUITS)))).rejects.toMatchObject({
      code,
    })
  })

  it('stops when nobody waits any more', async () => {
    const leaving = new AbortController()
    const store = storeOf(CIRCUITS)
    const deps = depsOver(store)
    const slow = {
      ...deps,
      open: async (id: string) => {
        leaving.abort()
        await new Promise((wait) => setTimeout(wait, 15))
        return deps.open(id, asking)
      },
    }
    const question = { pattern: '()', where: null, perCircuit: 1, page: first(30) }
    await expect(matchCatalogue(question, { signal: leaving.signal }, slow)).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    expect(store.opened).toBe(1)
  })
})

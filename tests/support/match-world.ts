/** Circuits and patterns for questions over the whole catalogue, and the store's answers without its narrowing. */
import fc from 'fast-check'
import { type MatchDeps, matchCatalogue } from '../../src/application/match-catalogue.js'
import type { CircuitStore } from '../../src/application/ports/circuit-store.js'
import type { MatchQuestion } from '../../src/application/questions.js'
import { NotFound } from '../../src/domain/errors.js'
import { opened } from './tiny-graph.js'

const NODES = [
  ...['()', '(:feature)', '(:logit)', '(:token|error)', '(:feature WHERE layer = 1)', '(WHERE layer <= 2)'],
  ...['(:head)', '(:feature|logit WHERE layer BETWEEN 0 AND 3)', '(:error WHERE layer IN [0, 2])', '(:q)'],
]
const EDGES = ['->', '<-', '->{1,2}', '-[:EFFECT]->', '-[:SCORE|EFFECT WHERE weight > 0]->', '->*', '=>']

/** A text of up to three nodes. */
export const drawnMatchPattern: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...NODES),
    fc.array(fc.tuple(fc.constantFrom(...EDGES), fc.constantFrom(...NODES)), { maxLength: 2 }),
    fc.option(fc.constantFrom(...NODES)),
  )
  .map(([first, more, other]) => {
    const row = [first, ...more.map(([edge, node]) => ` ${edge} ${node}`)].join('')
    return other === null ? row : `${row} | ${other}`
  })

const asking = { signal: new AbortController().signal }

export function depsOver(store: CircuitStore): MatchDeps {
  return {
    store,
    library: null as never,
    open: async (id) => {
      const circuit = await store.circuit(id)
      if (circuit === null) throw new NotFound(`there is no circuit ${id}`)
      return opened(circuit)
    },
    scores: async () => new Map(),
  }
}

/** The same store, which names every circuit whatever a pattern needs. */
export function withoutNarrowing(store: CircuitStore): CircuitStore {
  return new Proxy(store, {
    get: (own, name) => {
      if (name === 'findCircuits')
        return (query: Parameters<CircuitStore['findCircuits']>[0]) =>
          own.findCircuits({ ...query, where: null })
      const value: unknown = Reflect.get(own, name)
      return typeof value === 'function' ? (value as () => unknown).bind(own) : value
    },
  })
}

/** All rows as `[circuit, rank, addresses, pathCount]`, page by page. */
export async function everyMatch(
  question: Omit<MatchQuestion, 'page'>,
  store: CircuitStore,
  size: number,
): Promise<readonly unknown[]> {
  const rows: unknown[] = []
  let after: string | null = null
  for (;;) {
    const page = { first: size, after, last: null, before: null }
    const found = await matchCatalogue({ ...question, page }, asking, depsOver(store))
    for (const { row } of found.rows)
      rows.push([row.circuit.id, row.path.rank, row.path.steps.map((step) => step.address), row.pathCount])
    if (!found.hasNextPage) return rows
    after = found.rows.at(-1)!.cursor
  }
}

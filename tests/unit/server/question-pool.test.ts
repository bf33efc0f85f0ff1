import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'graphql'
import { buildApiSchema } from '../../../src/server/api-schema.js'
import { QuestionPool } from '../../../src/server/question-pool.js'
import { BEHAVIOUR_FIELDS, MAIN_FIELDS, threadOf, WALKING_FIELDS } from '../../../src/server/walks-graphs.js'

const workerFile = pathToFileURL(join(__dirname, '../../support/stuck-thread.cjs'))
const request = { query: '{ meta { version } }', variables: null, operationName: null }

describe('a thread that does not look up', () => {
  it('keeps nobody who leaves, ends soon after, and another takes its place', async () => {
    const pool = new QuestionPool({ settings: {}, threads: 1, workerFile })
    for (const reason of ['AbortError', 'TimeoutError']) {
      const gone = new AbortController()
      const asked = pool.answer(request, gone.signal)
      setTimeout(() => gone.abort(new DOMException('stop', reason)), 300)
      const left = performance.now()
      await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' })
      expect(performance.now() - left).toBeLessThan(5_000)
    }
    await pool.close()
  }, 30_000)

  it('does not keep the server from closing', async () => {
    const pool = new QuestionPool({ settings: {}, threads: 1, workerFile })
    const asked = pool.answer(request, new AbortController().signal)
    const refused = expect(asked).rejects.toMatchObject({ code: 'CANCELLED' })
    await new Promise((begun) => setTimeout(begun, 300))
    await pool.close()
    await refused
  }, 30_000)
})

describe('an operation goes to a thread', () => {
  const goes = (query: string, name: string | null = null): boolean =>
    threadOf(parse(query), name) === 'GRAPH'

  it('where it reads or walks a graph, also in a fragment, and runs no model', () => {
    expect(goes('{ circuit(ref: { name: "a" }) { summary { nodeCount } } }')).toBe(true)
    expect(
      goes(
        '{ circuit(ref: { name: "a" }) { ...f } } fragment f on Circuit { ...g } fragment g on Circuit { paths { __typename } ...f }',
      ),
    ).toBe(true)
    expect(goes('{ circuits(first: 3) { pageInfo { hasNextPage } } meta { version } }')).toBe(false)
    expect(
      goes('{ circuit(ref: { name: "a" }) { summary { nodeCount } run(input: {}) { __typename } } }'),
    ).toBe(false)
    expect(goes('mutation { deleteCircuit(input: {}) { nodes { id } } }')).toBe(false)
    expect(
      goes('query a { meta { version } } query b { match(pattern: "()") { nodes { pathCount } } }', 'a'),
    ).toBe(false)
    expect(
      goes('query a { meta { version } } query b { match(pattern: "()") { nodes { pathCount } } }', 'b'),
    ).toBe(true)
  })

  it('by names that the schema has', () => {
    const names = new Set(
      Object.values(buildApiSchema().getTypeMap()).flatMap((type) =>
        'getFields' in type ? Object.keys(type.getFields()) : [],
      ),
    )
    for (const name of [...WALKING_FIELDS, ...BEHAVIOUR_FIELDS, ...MAIN_FIELDS]) expect(names).toContain(name)
  })
})

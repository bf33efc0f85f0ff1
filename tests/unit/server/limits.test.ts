/** What an operation may be, and how it is refused. */
import { getOperationAST, parse } from 'graphql'
import { buildApiSchema } from '../../../src/server/api-schema.js'
import { actualCost, estimateCost } from '../../../src/server/cost-limit.js'
import { type Body, type TestServer, testServer } from './test-server.js'
import { TINY_CATALOGUE } from './tiny-catalogue.js'

const schema = buildApiSchema()
function costOf(query: string, variables: object = {}): number {
  const document = parse(query)
  return estimateCost(schema, document, getOperationAST(document)!, variables as Record<string, unknown>)
}

describe('the cost of an operation', () => {
  it('counts objects, not scalars', () => {
    expect(costOf('{ __typename }')).toBe(0)
    expect(costOf('{ meta { version language } }')).toBe(1)
    expect(costOf('{ meta { version limits { depth } store { kind } } }')).toBe(3)
  })

  it('multiplies lists by first, by last, by the default and by the ceiling', () => {
    // circuits: 1 connection + rows; each row asks one connection of nodes: 1 + its rows.
    expect(costOf('{ circuits(first: 3) { nodes { id } } }')).toBe(1 + 3)
    expect(costOf('{ circuits { nodes { id } } }')).toBe(1 + 20)
    expect(costOf('{ circuits(last: 2) { edges { node { id } } } }')).toBe(1 + 2 * 2)
    expect(costOf('{ circuits(first: 999999) { nodes { id } } }')).toBe(1 + 1_000)
    expect(costOf('{ circuits(first: 3) { nodes { nodes(first: 5) { nodes { id } } } } }')).toBe(
      1 + 3 * (1 + 1 + 5),
    )
  })

  it('reads variables, their defaults and the length of ids', () => {
    const query = 'query Q($n: Int = 7) { circuits(first: $n) { nodes { id } } }'
    expect(costOf(query)).toBe(1 + 7)
    expect(costOf(query, { n: 2 })).toBe(1 + 2)
    expect(costOf('query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ['a', 'b', 'c'] })).toBe(3)
    expect(costOf('{ nodes(ids: ["a", "b"]) { id } }')).toBe(2)
  })

  it('carries the rows of paths(first) down to the connection inside the union', () => {
    const query = (first: number): string =>
      `{ circuit(ref: {name: "x"}) { paths(first: ${first}) { ... on PathAnswer { paths { nodes { addresses } } } } } }`
    expect(costOf(query(10))).toBe(1 + 1 + 1 + 10)
    expect(costOf(query(10_000))).toBe(1 + 1 + 1 + 10_000)
  })

  it('follows fragments, a bomb of them in linear time', () => {
    const rings = Array.from(
      { length: 60 },
      (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`,
    )
    const bomb = `{ ...F0 } ${rings.join(' ')} fragment F60 on Query { meta { version } }`
    expect(costOf(bomb)).toBe(2 ** 60)
    expect(costOf('{ circuits(first: 2) { ...C } } fragment C on CircuitConnection { nodes { id } }')).toBe(
      1 + 2,
    )
  })

  it('counts the objects of an answer', () => {
    expect(actualCost(null)).toBe(0)
    expect(actualCost({ meta: { version: 'x', limits: { depth: 20 } }, list: [1, 2, 3] })).toBe(2)
    expect(actualCost({ nodes: [{ a: [{}] }, null, { b: 1 }] })).toBe(3)
  })
})

describe('an operation over the limits', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await testServer(TINY_CATALOGUE, { maxCostFields: 5_000 })
  })
  afterAll(() => server.close())

  async function refused(query: string, variables: object = {}): Promise<Body> {
    const { status, body } = await server.ask(query, variables)
    expect(status).toBe(400)
    expect(body.data).toBeUndefined()
    return body.errors[0]
  }

  it('is refused for its cost, with cost, limit and a hint', async () => {
    const error = await refused('{ circuits(first: 100) { nodes { nodes(first: 1000) { nodes { id } } } } }')
    expect(error.extensions).toMatchObject({ code: 'COST_EXCEEDED', cost: 100_201, limit: 5_000 })
    expect(error.extensions.hint).toMatch(/first/)
  })

  it('is refused for its depth, through fragments too', async () => {
    const deep = (levels: number): string =>
      `{ circuit(ref: {name: "x"}) { ${'select(expression: {pipe: []}) { '.repeat(levels)} id ${'} '.repeat(levels)} } }`
    expect((await refused(deep(25))).extensions).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      limit: 20,
      asked: 27,
    })
    const parts = Array.from(
      { length: 12 },
      (_, i) =>
        `fragment P${i} on Subcircuit { select(expression: {pipe: []}) { select(expression: {pipe: []}) { ${i < 11 ? `...P${i + 1}` : 'id'} } } }`,
    )
    const chained = `{ circuit(ref: {name: "x"}) { select(expression: {pipe: []}) { ...P0 } } } ${parts.join(' ')}`
    expect((await refused(chained)).extensions).toMatchObject({ kind: 'depth', asked: 27 })
  })

  it('is refused for its aliases and its directives', async () => {
    const many = Array.from({ length: 51 }, (_, i) => `a${i}: __typename`).join(' ')
    expect((await refused(`{ ${many} }`)).extensions).toMatchObject({ kind: 'aliases', limit: 50, asked: 51 })
    const fields = Array.from({ length: 6 }, () => '__typename @include(if: true)').join(' ')
    expect((await refused(`{ ${fields} }`)).extensions).toMatchObject({
      kind: 'directives',
      limit: 5,
      asked: 6,
    })
  })

  it('is refused for its tokens, and for nesting that no parser can follow', async () => {
    expect((await refused(`{ ${'__typename '.repeat(6_000)} }`)).extensions.code).toBe('GRAPHQL_PARSE_FAILED')
    for (const bomb of [
      `{${'a{'.repeat(2_450)}`,
      `{b(x:${'['.repeat(4_900)}`,
      `{b(x:${'{a:'.repeat(1_600)}`,
    ]) {
      const error = await refused(bomb)
      expect(error.extensions.code).toBe('GRAPHQL_PARSE_FAILED')
      expect(error.message).not.toMatch(/call stack/)
    }
    expect((await refused(`{${'meta{'.repeat(1_240)}version${'}'.repeat(1_241)}`)).message).not.toMatch(
      /call stack/,
    )
  })

  it('is refused for inputs that are too deep or too many, before they are coerced', async () => {
    const query = 'query Q($f: NodeFilter) { circuit(ref: {name: "x"}) { nodes(filter: $f) { totalCount } } }'
    const f = `${'{"NOT":'.repeat(20_000)}{}${'}'.repeat(20_000)}`
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"query":${JSON.stringify(query)},"variables":{"f":${f}}}`,
    })
    expect(response.status).toBe(400)
    expect(((await response.json()) as Body).errors[0].extensions).toMatchObject({
      kind: 'inputDepth',
      limit: 40,
    })
    const wide = {
      AND: Array.from({ length: 60_000 }, () => ({})),
      OR: Array.from({ length: 60_000 }, () => ({})),
    }
    expect((await refused(query, { f: wide })).extensions).toMatchObject({ kind: 'inputNodes' })
    const literal = `{ circuit(ref: {name: "x"}) { nodes(filter: ${'{NOT: '.repeat(50)}{}${'}'.repeat(50)}) { totalCount } } }`
    expect((await refused(literal)).extensions).toMatchObject({ kind: 'inputDepth' })
  })

  it('is refused for a filter with too many conditions', async () => {
    const filter = { OR: Array.from({ length: 300 }, (_, i) => ({ layer: { eq: i } })) }
    const { body } = await server.ask(
      'query Q($f: NodeFilter) { circuit(ref: {name: "x"}) { nodes(filter: $f) { totalCount } } }',
      { f: filter },
    )
    expect(body.errors[0].extensions.code).toBe('LIMIT_EXCEEDED')
  })

  it('stops validation after a number of errors and gives no guesses', async () => {
    const { body } = await server.ask(
      `{ ${Array.from({ length: 200 }, (_, i) => `circuitt${i}`).join(' ')} }`,
    )
    expect(body.errors.length).toBeLessThanOrEqual(21)
    expect(JSON.stringify(body)).not.toMatch(/Did you mean/)
  })

  it('bounds introspection but answers the one that tools send', async () => {
    const { getIntrospectionQuery } = await import('graphql')
    const { body } = await server.ask(getIntrospectionQuery({ oneOf: true, specifiedByUrl: true }))
    expect(body.errors).toBeUndefined()
    expect(body.data.__schema.types.length).toBeGreaterThan(50)
    const cyclic = `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`
    expect((await refused(cyclic)).message).toMatch(/introspection depth/)
  })

  it('is told its estimated and actual cost when it is within the limits', async () => {
    const { body } = await server.ask('{ circuits(first: 3) { nodes { id } } }')
    expect(body.extensions.cost).toEqual({
      estimated: { fields: 4, work: 0 },
      actual: { fields: 2, work: 0 },
      limit: { fields: 5_000, work: 1e11 },
    })
  })
})

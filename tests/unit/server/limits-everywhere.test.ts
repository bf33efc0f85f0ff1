/** Deep, wide and self-referential operations are refused alike on every way into the schema. */
import { sendOver, TRANSPORTS } from '../../support/transports.js'
import { type TestServer, testServer } from './test-server.js'
import { TINY_CATALOGUE } from './tiny-catalogue.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer(TINY_CATALOGUE, { maxCostFields: 50_000 })
})
afterAll(() => server.close())

const inCircuit = (fields: string): string => `{ circuit(ref: {name: "x"}) { ${fields} } }`
const deepFilter = (levels: number): object => (levels === 0 ? {} : { NOT: deepFilter(levels - 1) })
const FILTERED = 'query Q($f: NodeFilter) { circuit(ref: {name: "x"}) { nodes(filter: $f) { totalCount } } }'

describe.each(TRANSPORTS)('over %s', (transport) => {
  it.each([
    [
      'many levels of fields',
      inCircuit(`${'select(expression: {nodes: {}}) { '.repeat(25)} id ${'}'.repeat(25)}`),
      { kind: 'depth' },
    ],
    [
      'many levels through fragments',
      `{ circuit(ref: {name: "x"}) { select(expression: {nodes: {}}) { ...F0 } } } ${Array.from({ length: 10 }, (_, i) => `fragment F${i} on Subcircuit { select(expression: {nodes: {}}) { select(expression: {nodes: {}}) { ${i < 9 ? `...F${i + 1}` : 'id'} } } }`).join(' ')}`,
      { kind: 'depth' },
    ],
    [
      'lists in lists through fragments',
      `{ circuits(first: 1) { nodes { nodes(first: 1) { nodes { ...A } } } } } fragment A on CircuitNode { reads { ... on ChannelPartners { partners(first: 1) { nodes { node { ...B } } } } } } fragment B on CircuitNode { reads { ... on ChannelPartners { partners(first: 1) { nodes { node { writes { ... on ChannelPartners { partners(first: 1) { nodes { node { activations { ... on ChannelActivity { examples { sequence } } } } } } } } } } } } } }`,
      { kind: 'listDepth', limit: 5 },
    ],
    [
      'many aliases',
      `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      { kind: 'aliases' },
    ],
    [
      'aliases that fragments multiply',
      `{ ${Array.from({ length: 10 }, (_, i) => `a${i}: circuit(ref: {name: "x"}) { ...F }`).join(' ')} } fragment F on Circuit { ${Array.from({ length: 10 }, (_, i) => `b${i}: id`).join(' ')} }`,
      { kind: 'aliases', asked: 110 },
    ],
    ['many directives', `{ ${'__typename @include(if: true) '.repeat(6)} }`, { kind: 'directives' }],
    [
      'a deep literal',
      inCircuit(`nodes(filter: ${'{NOT: '.repeat(50)}{}${'}'.repeat(50)}) { totalCount }`),
      { kind: 'inputDepth' },
    ],
    [
      'many rows',
      '{ circuits(first: 1000) { nodes { nodes(first: 1000) { nodes { id } } } } }',
      { code: 'COST_EXCEEDED' },
    ],
  ])('%s are refused before anything runs', async (_what, query, extensions) => {
    const { data, errors } = await sendOver(server.url, transport, { query })
    expect(data).toBeUndefined()
    expect(errors[0].extensions).toMatchObject(extensions)
  })

  it('a document of too many tokens is not read to its end', async () => {
    const { errors } = await sendOver(server.url, transport, { query: `{${' id'.repeat(5_001)}}` })
    expect(errors[0].extensions.code).toBe('GRAPHQL_PARSE_FAILED')
  })

  it('a deep variable is refused, and a filter of too many conditions', async () => {
    const deep = await sendOver(server.url, transport, { query: FILTERED, variables: { f: deepFilter(50) } })
    expect(deep.errors[0].extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', kind: 'inputDepth' })
    const f = { OR: Array.from({ length: 250 }, (_, i) => ({ layer: { eq: i } })) }
    const wide = await sendOver(server.url, transport, { query: FILTERED, variables: { f } })
    expect(wide.errors[0].extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', at: 'filter' })
  })

  it('an expression of too many parts or levels is refused, wherever they stand in it', async () => {
    const select = async (expression: object) => {
      const query =
        'query Q($e: GraphExpression!) { circuit(ref: {name: "x"}) { select(expression: $e) { id } } }'
      const { data, errors } = await sendOver(server.url, transport, { query, variables: { e: expression } })
      expect(data?.circuit.select).toBeNull()
      return errors[0].extensions
    }
    const refused = { code: 'LIMIT_EXCEEDED', at: 'expression' }
    // An address holds no more than a few thousand characters.
    const wide = { pipe: Array.from({ length: 700 }, () => ({ nodes: { NOT: {} } })) }
    if (!transport.includes('GET')) expect(await select(wide)).toMatchObject(refused)
    expect(await select({ nodes: deepFilter(34) })).toMatchObject(refused)
  })
})

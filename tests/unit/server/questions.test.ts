/** Questions through the schema, on a graph small enough to answer by hand. */
import { type Body, type TestServer, testServer } from './test-server.js'
import { CIRCUIT, TINY_CATALOGUE } from './tiny-catalogue.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer(TINY_CATALOGUE)
})
afterAll(() => server.close())

async function circuit(fields: string, variables: object = {}, declared = ''): Promise<Record<string, Body>> {
  const { body } = await server.ask(
    `query Q${declared} { circuit(ref: {name: "tiny"}) { ${fields} } }`,
    variables,
  )
  expect(body.errors).toBeUndefined()
  return body.data.circuit
}

describe('a circuit', () => {
  it('has a global id that leads back to it, to its nodes and to its edges', async () => {
    const { id, nodes, edges } = await circuit(
      'id hash nodes { nodes { id address } } edges { nodes { id address } }',
    )
    expect(id).toBe(`circuit:${CIRCUIT.id}`)
    const ids = [id, ...nodes.nodes, ...edges.nodes].map((thing) => thing.id ?? thing)
    const { body } = await server.ask('query N($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids })
    expect(body.data.nodes.map((node: { id: string }) => node.id)).toEqual(ids)
    expect(body.data.nodes.map((node: { __typename: string }) => node.__typename)).toEqual([
      'Circuit',
      ...Array(4).fill('CircuitNode'),
      ...Array(5).fill('CircuitEdge'),
    ])
  })

  it('answers null for an id of nothing and BAD_ID for text that is no id', async () => {
    const gone = `circuit:${'0'.repeat(64)}`
    const { body } = await server.ask(`{ a: node(id: "${gone}") { id } b: node(id: "nonsense") { id } }`)
    expect(body.data).toEqual({ a: null, b: null })
    expect(body.errors).toHaveLength(1)
    expect(body.errors[0]).toMatchObject({ path: ['b'], extensions: { code: 'BAD_ID' } })
  })

  it('shows every field of a node, null where the kind has none', async () => {
    const fields =
      'id address kind position layer block tap index headIndex channelInHead tokenId text label sourceId activation probability isTarget score(name: "size")'
    const { nodes } = await circuit(`nodes { nodes { ${fields} } totalCount }`)
    expect(nodes.totalCount).toBe(4)
    const byAddress = Object.fromEntries(nodes.nodes.map((node: Body) => [node.address, node]))
    expect(byAddress['feature(1/9000000000)@1']).toMatchObject({
      kind: 'FEATURE',
      layer: 1,
      index: 9_000_000_000,
      position: 1,
      activation: 0.5,
      text: ' b',
      tap: null,
      tokenId: null,
    })
    expect(byAddress['logit(5)@1']).toMatchObject({
      kind: 'LOGIT',
      tokenId: 5,
      probability: 0.75,
      layer: null,
    })
  })

  it('filters, orders and pages nodes', async () => {
    const filter = '{OR: [{kind: {eq: FEATURE}}, {address: {startsWith: "LOGIT"}}]}'
    const order = '{by: {field: ACTIVATION}, direction: DESC}'
    const first = await circuit(
      `nodes(filter: ${filter}, orderBy: ${order}, first: 2) { edges { cursor node { address } } pageInfo { hasNextPage endCursor } totalCount }`,
    )
    expect(first['nodes'].edges.map((edge: Body) => edge.node.address)).toEqual([
      'feature(0/7)@1',
      'feature(1/9000000000)@1',
    ])
    expect(first['nodes']).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } })
    const after = first['nodes'].pageInfo.endCursor
    const rest = await circuit(
      `nodes(filter: ${filter}, orderBy: ${order}, first: 2, after: $after) { nodes { address } pageInfo { hasNextPage } }`,
      { after },
      '($after: String)',
    )
    expect(rest['nodes']).toEqual({ nodes: [{ address: 'logit(5)@1' }], pageInfo: { hasNextPage: false } })
    const { body } = await server.ask(
      `query Q($after: String) { circuit(ref: {name: "tiny"}) { nodes(first: 2, after: $after) { totalCount } } }`,
      { after },
    )
    expect(body.errors[0].extensions.code).toBe('BAD_CURSOR')
  })

  it('shows edges with their ends, and columns say the same', async () => {
    const { edges, columns } = await circuit(
      `edges(orderBy: {by: {field: ABS_WEIGHT}, direction: DESC}) { nodes { address weight kind port member source { address } target { address } } }
       columns { ... on GraphColumns { nodeAddress source target weight kind port edgeCount basis provenance { question } } }`,
    )
    expect(edges.nodes[0]).toEqual({
      address: 'token(0)@0->feature(0/7)@1',
      weight: 4,
      kind: 'EFFECT',
      port: null,
      member: true,
      source: { address: 'token(0)@0' },
      target: { address: 'feature(0/7)@1' },
    })
    const spelled = columns.source.map(
      (s: number, i: number) =>
        `${columns.nodeAddress[s]}->${columns.nodeAddress[columns.target[i]]} ${columns.weight[i]}`,
    )
    expect(spelled.sort()).toEqual(edges.nodes.map((edge: Body) => `${edge.address} ${edge.weight}`).sort())
    expect(columns.provenance.question).toMatch(/^cql1:\{/)
  })

  it('finds paths, with counts as text and products by hand', async () => {
    const { paths } = await circuit(`paths(rankBy: ABSOLUTE_PRODUCT, first: 2) {
      ... on PathAnswer {
        rankBy totalCount exhausted basis level
        paths { nodes { rank product hopCount addresses steps { address node { kind } } hops { kind weight } } pageInfo { hasNextPage } }
      }
      ... on Problem { code message }
    }`)
    expect(paths).toMatchObject({
      rankBy: 'ABSOLUTE_PRODUCT',
      totalCount: '3',
      exhausted: false,
      level: 'ATTRIBUTION',
    })
    expect(paths.paths.nodes.map((path: Body) => path.product)).toEqual([-3, 2])
    expect(paths.paths.nodes[1]).toMatchObject({
      rank: 2,
      hopCount: 2,
      addresses: ['token(0)@0', 'feature(0/7)@1', 'logit(5)@1'],
      hops: [
        { kind: 'EFFECT', weight: 4 },
        { kind: 'EFFECT', weight: 0.5 },
      ],
    })
  })

  it('sums flows, through a supernode too', async () => {
    const { whole, via } = await circuit(`
      whole: flow { ... on FlowAnswer { pathCount signedTotal absoluteTotal sources { nodes { address signedTotal node { kind } } } } }
      via: flow(via: {supernode: "annotation:s1"}) { ... on FlowAnswer { pathCount signedTotal } ... on Problem { message } }`)
    expect(whole).toEqual({
      pathCount: '3',
      signedTotal: -0.75,
      absoluteTotal: 5.25,
      sources: { nodes: [{ address: 'token(0)@0', signedTotal: -0.75, node: { kind: 'TOKEN' } }] },
    })
    expect(via).toEqual({ pathCount: '2', signedTotal: -1 })
  })

  it('lists influence strongest first, and all of it as columns', async () => {
    const { influence } = await circuit(`influence { ... on InfluenceAnswer {
      nodes(order: STRONGEST, first: 10) { nodes { node { address } influence cumulative } }
      columns { nodeAddress influence }
    } }`)
    const values = influence.nodes.nodes.map((row: Body) => row.influence)
    expect(values).toEqual([...values].sort((a, b) => b - a))
    const columns = influence.columns.nodeAddress.map((address: string, i: number) => [
      address,
      influence.columns.influence[i],
    ])
    expect(new Map(influence.nodes.nodes.map((row: Body) => [row.node.address, row.influence]))).toEqual(
      new Map(columns),
    )
  })

  it('answers a refused question with a Problem beside the answered ones', async () => {
    const { run, summary, paths } = await circuit(`
      run(input: {prompt: {tokens: [1]}}) { __typename ... on Problem { code message hint path } }
      paths(to: {addresses: ["logit(6)"]}) { ... on Problem { code message } }
      summary { nodeCount scoreNames }`)
    expect(run).toMatchObject({ __typename: 'Problem', code: 'MODEL_NOT_AT_HAND', hint: 'import it' })
    expect(paths).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('logit(6)') })
    expect(summary).toEqual({ nodeCount: 4, scoreNames: ['size'] })
  })

  it('takes exactly one member of an alternative', async () => {
    const { status, body } = await server.ask(
      '{ circuit(ref: {name: "tiny"}) { paths(to: {addresses: ["a"], attached: "b"}) { __typename } } }',
    )
    expect(status).toBe(400)
    expect(body.errors[0].message).toMatch(/exactly one key/)
  })

  it('reads its annotations, and refuses those of nothing', async () => {
    const { annotations, imports, scoreSets, prompt, model, capabilities } = await circuit(
      'annotations { nodes { id title members kind } totalCount } imports { totalCount } scoreSets { name } prompt { tokens { position text } } model { key name sparseModel { id } } capabilities',
    )
    expect(annotations.nodes[0]).toMatchObject({ id: 'annotation:s1', kind: 'SUPERNODE' })
    expect([imports.totalCount, scoreSets, prompt.tokens[1].text]).toEqual([0, [], ' b'])
    expect(model).toEqual({ key: 'foreign:tiny', name: 'tiny', sparseModel: null })
    expect(capabilities).toEqual(['POSITIONS', 'PRODUCTS'])
    const { body } = await server.ask(`{ annotations(circuit: {id: "${'0'.repeat(64)}"}) { totalCount } }`)
    expect(body.errors[0].extensions.code).toBe('NOT_FOUND')
  })

  it('tells versions, store and limits in meta', async () => {
    const { body } = await server.ask(
      '{ meta { version language store { kind engine } limits { costFields depth pathsMax } } }',
    )
    expect(body.data.meta).toEqual({
      version: '0.0.0-test',
      language: 'cql1',
      store: { kind: 'EMBEDDED', engine: 'none' },
      limits: { costFields: 100_000, depth: 20, pathsMax: 10_000 },
    })
  })
})

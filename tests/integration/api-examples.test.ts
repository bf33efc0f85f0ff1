/** The queries that the browser page opens with, on the bundled data, against what their folders say by hand. */
import { parse } from 'graphql'
import { type ApiHouse, apiHouse, type Body, EXAMPLE_QUERIES } from './api-house.js'

const OPERATIONS = parse(EXAMPLE_QUERIES).definitions.map((definition) =>
  'name' in definition ? (definition.name?.value ?? '') : '',
)

let api: ApiHouse
beforeAll(async () => {
  api = await apiHouse()
})
afterAll(() => api.close())

async function example(name: string): Promise<Body> {
  return api.data(EXAMPLE_QUERIES, {}, name)
}

describe('the example queries', () => {
  it.each(OPERATIONS)('%s is answered without a problem', async (name) => {
    const text = JSON.stringify(await example(name))
    expect(text).not.toMatch(/"hint"/)
    expect(text.length).toBeGreaterThan(100)
  })

  it('find the three bundled circuits and what can be asked of them', async () => {
    const { circuits, models } = await example('Catalogue')
    expect(circuits.nodes.map((circuit: Body) => [...circuit.names, circuit.nodeCount])).toEqual([
      ['attribution-example', 12],
      ['bracket-depth', 8],
      ['string-closing', 6],
    ])
    expect(models.nodes).toHaveLength(2)
    expect(circuits.nodes[2].capabilities).toContain('RUN')
  })

  it('walk the one path from the quote to its logit', async () => {
    const { circuit } = await example('Paths')
    expect(circuit.paths).toMatchObject({ totalCount: '1', basis: 'STRUCTURE' })
    // 2^20 · ½ · 1 · 1 · 1 · (2^19 · 16 + 2^19 · 16)
    expect(circuit.paths.paths.nodes[0].product).toBe(2 ** 20 * 0.5 * (2 ** 19 * 32))
  })

  it('measure what the folder of string-closing calculates by hand', async () => {
    const { circuit } = await example('Ablation')
    const byAddress = new Map(
      circuit.ablate.rows.nodes.map((row: Body) => [
        row.node.address,
        row.readings.map((reading: Body) => reading.ablated),
      ]),
    )
    const byHand = {
      '0.attn.act_in[0]': [3.2, 3.2],
      '0.attn.act_in[1]': [0, 0],
      '0.attn.q[0]': [3.2, 16],
      '0.attn.k[0]': [3.2, 3.2],
      '0.attn.v[0]': [0, 0],
      '0.attn.resid_delta[2]': [0, 0],
    }
    for (const [address, [zero, mean]] of Object.entries(byHand)) {
      const [byZero, byMean] = byAddress.get(address) as [number, number]
      expect(byZero).toBeCloseTo(zero!, 9)
      expect(byMean).toBeCloseTo(mean!, 9)
    }
    expect(circuit.ablate.basis).toBe('MEASURED_RUN')
    const { circuit: enough } = await example('Sufficiency')
    expect(enough.ablate.readings[0].faithfulness).toBeCloseTo(1, 9)
  })

  it('estimate and sum what the folder of the attribution example calculates by hand', async () => {
    const { circuit } = await example('AttributionGraph')
    expect(circuit.flow).toMatchObject({ pathCount: '5', signedTotal: 21.5, absoluteTotal: 27.5 })
    const { circuit: estimated } = await example('Estimate')
    expect(estimated.ablate.basis).toBe('GRAPH_ESTIMATE')
    const effects = Object.fromEntries(
      estimated.ablate.rows.nodes.map((row: Body) => [row.node.address, row.readings[0].effect]),
    )
    expect(effects).toMatchObject({ 'feature(2/3)@3': -3, 'feature(1/7)@2': -2.5 })
    const { circuit: influential } = await example('Influence')
    expect(influential.influence).toMatchObject({
      replacementScore: 202 / 256,
      completenessScore: 949 / 1003,
    })
    expect(influential.influence.nodes.nodes[0]).toMatchObject({ influence: 176 / 256 })
  })

  it('give the same answers without a socket', async () => {
    const request = { query: EXAMPLE_QUERIES, variables: null, operationName: 'AttributionGraph' }
    const local = await api.house.execute(request, new AbortController().signal)
    expect(JSON.parse(JSON.stringify(local.data))).toEqual(await example('AttributionGraph'))
    const refused = await api.house.execute(
      {
        query: 'query Q($n: Int) { circuits(first: $n) { totalCount } }',
        variables: { n: 'x' },
        operationName: null,
      },
      new AbortController().signal,
    )
    expect(refused.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
  })
})

describe('graphs of graphs', () => {
  it('can be selected, asked, selected again and found by their id', async () => {
    const { circuit } = await api.data(`{ circuit(ref: {name: "attribution-example"}) {
      select(expression: {influence: {}}) {
        id expression
        root { __typename id }
        upstream: select(expression: {upstreamOf: {of: {logits: [{text: " blue"}]}}}) { id nodes { totalCount } }
        flow { ... on FlowAnswer { pathCount } }
      }
      piped: select(expression: {pipe: [{influence: {}}, {upstreamOf: {of: {logits: [{text: " blue"}]}}}]}) { id }
    } }`)
    expect(circuit.piped.id).toBe(circuit.select.upstream.id)
    expect(circuit.select.root.__typename).toBe('Circuit')
    const { node } = await api.data(
      'query N($id: ID!) { node(id: $id) { id ... on CircuitGraph { nodes { totalCount nodes { id } } } } }',
      { id: circuit.select.upstream.id },
    )
    expect(node.nodes.totalCount).toBe(circuit.select.upstream.nodes.totalCount)
    const { again } = await api.data('query N($id: ID!) { again: node(id: $id) { __typename id } }', {
      id: node.nodes.nodes[0].id,
    })
    expect(again).toEqual({ __typename: 'CircuitNode', id: node.nodes.nodes[0].id })
  })

  it('say at the top why an expression was refused, and leave the rest of the request alone', async () => {
    const { data, errors } = await api.ask(`{
      circuit(ref: {name: "attribution-example"}) {
        select(expression: {influence: {nodeThreshold: 1.5}}) { id }
        summary { nodeCount }
      }
    }`)
    expect(data.circuit).toEqual({ select: null, summary: { nodeCount: 12 } })
    expect(errors).toMatchObject([{ path: ['circuit', 'select'], extensions: { code: 'BAD_EXPRESSION' } }])
  })

  it('include whole models, with heads of their own', async () => {
    const { model } = await api.data(`{ model(ref: {name: "bracket-depth"}) {
      __typename edgeMeaning source capabilities config
      nodes(filter: {tap: {in: [Q, K, V]}}, first: 100) { nodes { address headIndex channelInHead } }
      circuits { nodes { names } }
      imports { nodes { format subjectId files { name } } }
      summary { nodeCount edgeCount weightCount }
    } }`)
    expect(model).toMatchObject({
      __typename: 'SparseModel',
      edgeMeaning: 'WEIGHT',
      source: 'SPARSE_WEIGHTS',
    })
    expect(model.nodes.nodes).not.toHaveLength(0)
    for (const { headIndex, channelInHead } of model.nodes.nodes) {
      expect(headIndex).toBeGreaterThanOrEqual(0)
      expect(channelInHead).toBe(0)
    }
    expect(model.circuits.nodes).toEqual([{ names: ['bracket-depth'] }])
    expect(model.summary.weightCount).toBe(model.summary.edgeCount)
  })
})

/** Every operator through HTTP, on the bundled circuits: each result is a graph that everything can be asked of. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { STREAM_RMS } from '../../zoo/hand-built-model.js'
import { type ApiHouse, apiHouse, type Body } from './api-house.js'

const OPERATORS: Readonly<Record<string, string>> = {
  neighbourhood: '{ neighbourhood: { of: { where: { layer: { eq: 0 } } }, hops: 2, first: 4 } }',
  strongestEdges: '{ strongest: { first: 3, by: { preset: EDGE_WEIGHT } } }',
  strongestNodes: '{ strongest: { first: 3, by: { preset: NODE_WEIGHT } } }',
  paths: '{ paths: { pattern: "() ->+ ()", first: 5 } }',
  union: '{ union: [{ nodes: { layer: { eq: 0 } } }, { edges: { weight: { absGte: 1 } } }] }',
  intersection: '{ intersection: [{ nodes: { layer: { eq: 0 } } }, { edges: { weight: { absGte: 1 } } }] }',
  difference:
    '{ difference: { of: { nodes: {} }, minus: { strongest: { first: 1, by: { preset: EDGE_WEIGHT } } } } }',
  without: '{ without: { expression: { strongest: { first: 1, by: { preset: NODE_WEIGHT } } } } }',
  collapse: '{ collapse: { by: LAYER } }',
}

const EVERYTHING = `capabilities source edgeMeaning model { key }
  nodes(first: 3) { totalCount nodes { address nodesBehind innerEdges score(name: "influence") } }
  edges(first: 3) { totalCount nodes { address weight absWeight edgeCount source { address } } }
  columns { ... on GraphColumns { edgeCount nodeAddress } ... on Problem { code } }
  summary { nodeCount edgeCount weightCount scoreNames } download(format: ARROW)
  paths(first: 2) { __typename ... on PathAnswer { totalCount coveredMass coveredMassReason } ... on Problem { code message } }
  flow { __typename ... on FlowAnswer { pathCount signedTotal totalsReason } ... on Problem { code message } }
  influence(on: []) { __typename }
  run(input: { prompt: { tokens: [1, 2] } }) { __typename ... on Problem { code message } }
  deeper: select(expression: { nodes: {} }) { id nodeCount edgeCount }`

describe('expressions', () => {
  let house: ApiHouse
  beforeAll(async () => {
    house = await apiHouse()
  }, 60_000)
  afterAll(() => house.close())

  const select = async (circuit: string, expression: string, fields: string): Promise<Body> => {
    const { circuit: found } = await house.data(
      `{ circuit(ref: { name: "${circuit}" }) { select(expression: ${expression}) { ${fields} } } }`,
    )
    return found.select
  }
  const refused = async (circuit: string, expression: string): Promise<Body> => {
    const { data, errors } = await house.ask(
      `{ circuit(ref: { name: "${circuit}" }) { select(expression: ${expression}) { id } } }`,
    )
    expect(data?.circuit?.select ?? null).toBeNull()
    return errors[0]
  }
  const addresses = ({ nodes }: Body): string[] => nodes.nodes.map((node: Body) => node.address)

  describe.each(['string-closing', 'bracket-depth', 'attribution-example'])('on %s', (circuit) => {
    it.each(Object.keys(OPERATORS))('%s gives a graph with every field, at any depth', async (name) => {
      const graph = await select(circuit, OPERATORS[name]!, EVERYTHING)
      expect(graph.summary).toMatchObject({
        nodeCount: graph.nodes.totalCount,
        edgeCount: graph.edges.totalCount,
      })
      expect(graph.columns.edgeCount).toBe(graph.edges.totalCount)
      expect(graph.paths.__typename).toBe('PathAnswer')
      expect(graph.deeper).toMatchObject({ nodeCount: graph.nodes.totalCount })
      const nested = `{ pipe: [{ union: [${OPERATORS[name]}] }, { intersection: [{ nodes: {} }, { nodes: {} }] }] }`
      const again = await select(circuit, nested, 'nodeCount edgeCount')
      expect(again).toEqual({ nodeCount: graph.nodes.totalCount, edgeCount: graph.edges.totalCount })
    })
  })

  it('take the graph of a model as an operand, whole', async () => {
    const model = '{ graph: { model: { name: "string-closing" } } }'
    const { model: whole } = await house.data(
      '{ model(ref: { name: "string-closing" }) { summary { nodeCount edgeCount } } }',
    )
    expect(await select('string-closing', model, 'nodeCount edgeCount')).toEqual(whole.summary)
    expect(
      await select('string-closing', `{ union: [{ nodes: {} }, ${model}] }`, 'nodeCount edgeCount'),
    ).toEqual(whole.summary)
    const own = await select(
      'string-closing',
      `{ intersection: [${model}, { nodes: {} }] }`,
      'nodeCount edgeCount',
    )
    expect(own).toEqual({ nodeCount: 6, edgeCount: 3 })
    const rest = `{ difference: { of: ${model}, minus: [{ nodes: {} }] } }`
    expect((await select('string-closing', rest, 'nodeCount')).nodeCount).toBe(whole.summary.nodeCount - 6)
  })

  it('run as what they are: a circuit joined with all of its model does what the model does', async () => {
    const run =
      'run(input: { prompt: { text: "x=(\\"abcdef" } }) { ... on RunAnswer { next { logit } } ... on Problem { code message } }'
    const { model } = await house.data(`{ model(ref: { name: "string-closing" }) { ${run} } }`)
    expect(model.run.next.length).toBeGreaterThan(0)
    const whole = '{ union: [{ nodes: {} }, { graph: { model: { name: "string-closing" } } }] }'
    expect((await select('string-closing', whole, run)).run).toEqual(model.run)
  })

  it('take subcircuits as operands, by the id that was handed out', async () => {
    const { id } = await select('bracket-depth', '{ nodes: { layer: { eq: 0 } } }', 'id')
    const rest = `{ difference: { of: { nodes: {} }, minus: [{ graph: { subcircuit: "${id}" } }] } }`
    const graph = await select('bracket-depth', rest, 'nodes { nodes { address } }')
    expect(addresses(graph).every((address) => address.startsWith('1.'))).toBe(true)
  })

  // The link's value is the gain of the norm that reads it.
  it('collapse a circuit by layers along its residual stream', async () => {
    const graph = await select(
      'bracket-depth',
      '{ collapse: { by: LAYER } }',
      'collapsed { by innerEdges pathSumsPreserved } edges { nodes { address kind weight edgeCount } } capabilities',
    )
    expect(graph).toEqual({
      collapsed: { by: 'LAYER', innerEdges: 4, pathSumsPreserved: false },
      edges: {
        nodes: [
          {
            address: 'group("layer 0")->group("layer 1")',
            kind: 'RESIDUAL',
            weight: STREAM_RMS,
            edgeCount: 1,
          },
        ],
      },
      capabilities: ['PRODUCTS'],
    })
    const stored = await select(
      'bracket-depth',
      '{ collapse: { by: LAYER, links: { residual: false } } }',
      'edgeCount',
    )
    expect(stored).toEqual({ edgeCount: 0 })
  })

  it('collapse heads: q, k and v become one node, and the sums of a run are not asked of it', async () => {
    const graph = await select(
      'string-closing',
      '{ collapse: { by: HEAD } }',
      `nodes(filter: { kind: { eq: HEAD } }) { nodes { address nodesBehind } }
       ablate(input: { target: { nodes: { where: {} } }, mode: REMOVE, background: MODEL, replacements: [{ preset: ZERO }], on: { prompts: [] }, metrics: [{ preset: TASK_LOSS }] }) { ... on Problem { code hint } }
       flow { ... on FlowAnswer { pathCount signedTotal totalsReason } }`,
    )
    expect(graph.nodes.nodes).toEqual([{ address: 'head(0.0)', nodesBehind: 3 }])
    expect(graph.ablate).toEqual({ code: 'NOT_MEANINGFUL', hint: 'ask the graph that it was collapsed from' })
    expect(graph.flow).toEqual({
      pathCount: '2',
      signedTotal: null,
      totalsReason: expect.stringContaining('does not preserve sums over paths'),
    })
  })

  it('collapse the supernodes of a circuit, all or those that are named', async () => {
    const all = await select(
      'attribution-example',
      '{ collapse: { by: SUPERNODE } }',
      'expression nodes(filter: { kind: { eq: GROUP } }) { nodes { address label nodesBehind innerEdges } }',
    )
    expect(all.nodes.nodes.map((node: Body) => [node.label, node.nodesBehind])).toEqual([
      ['colour', 1],
      ['sky', 2],
    ])
    const { circuit } = await house.data(
      '{ circuit(ref: { name: "attribution-example" }) { annotations(first: 10) { nodes { id kind title } } } }',
    )
    const sky = circuit.annotations.nodes.find(({ title }: Body) => title === 'sky')
    const one = await select(
      'attribution-example',
      `{ collapse: { by: SUPERNODE, supernodes: ["${sky.id}"] } }`,
      'nodes(filter: { kind: { eq: GROUP } }) { nodes { label } }',
    )
    expect(one.nodes.nodes).toEqual([{ label: 'sky' }])
    expect(all.expression).toContain(`${sky.id.split(':')[1]}@1`)
  })

  it('select the nodes of a question', async () => {
    const { circuit } = await house.data(
      `{ circuit(ref: { name: "attribution-example" }) {
        flow(via: { expression: { strongest: { first: 1, by: { preset: NODE_INFLUENCE } } } }) { ... on FlowAnswer { pathCount provenance { question } } ... on Problem { message } }
        plain: flow(via: { expression: { nodes: { address: { eq: "feature(2/3)@3" } } } }) { ... on FlowAnswer { pathCount } }
        named: flow(via: { addresses: ["feature(2/3)@3"] }) { ... on FlowAnswer { pathCount } } 
        bad: flow(via: { expression: { union: [] } }) { ... on Problem { code path } } } }`,
    )
    expect(circuit.plain).toEqual(circuit.named)
    expect(circuit.flow.provenance.question).toContain(
      '"via":{"expression":{"by":{"measure":"INFLUENCE","of":"NODES"}',
    )
    expect(circuit.flow.provenance.question).not.toContain('members')
    expect(circuit.bad).toEqual({ code: 'BAD_EXPRESSION', path: 'via.expression.union' })
  })

  it('are refused with the code, the place and the way out', async () => {
    const other = await refused(
      'string-closing',
      '{ union: [{ nodes: {} }, { graph: { model: { name: "bracket-depth" } } }] }',
    )
    expect(other.extensions).toMatchObject({
      code: 'BAD_EXPRESSION',
      at: 'expression.union[1].graph',
      hint: 'only graphs of one model go together; two models are compared',
    })
    const bound = await refused(
      'string-closing',
      '{ neighbourhood: { of: { where: {} }, hops: 2, first: 100001 } }',
    )
    expect(bound).toMatchObject({
      message: 'first is a whole number from 1 to 100000, not 100001',
      extensions: { code: 'BAD_EXPRESSION', at: 'expression.neighbourhood.first' },
    })
    const pattern = await refused('string-closing', '{ pipe: [{ paths: { pattern: "(a", first: 1 } }] }')
    expect(pattern.extensions).toMatchObject({
      code: 'BAD_PATTERN',
      at: 'expression.pipe[0].paths.pattern',
      line: 1,
    })
    expect((await refused('string-closing', '{ collapse: { by: SUPERNODE } }')).message).toBe(
      'there is no supernode to collapse',
    )
    expect((await refused('string-closing', '{ collapse: { by: POSITION } }')).extensions.code).toBe(
      'NOT_MEANINGFUL',
    )
    const unknown = await refused('string-closing', '{ without: { addresses: ["0.attn.q[7]"] } }')
    expect(unknown.extensions).toMatchObject({ code: 'BAD_INPUT', at: 'expression.without.addresses[0]' })
    const hops = await house.ask(
      '{ circuit(ref: { name: "string-closing" }) { select(expression: { neighbourhood: { of: { where: {} }, first: 1 } }) { id } } }',
    )
    expect(hops.errors[0].message).toContain('hops')
  })

  it('forget what was made from a graph that is deleted', async () => {
    const other = await apiHouse()
    const data = await other.data(
      `{ circuit(ref: { name: "string-closing" }) { id hash select(expression: { nodes: {} }) { id } }
         model(ref: { name: "string-closing" }) { select(expression: { pipe: [{ nodes: {} }] }) { id } } }`,
    )
    const joined = await other.data(
      `{ model(ref: { name: "string-closing" }) { select(expression: { graph: { subcircuit: "${data.circuit.select.id}" } }) { id nodeCount } } }`,
    )
    expect(joined.model.select.nodeCount).toBe(6)
    await other.house.deleteCircuit(data.circuit.hash)
    const { node } = await other.data('query($id: ID!) { node(id: $id) { id } }', {
      id: joined.model.select.id,
    })
    expect(node).toBeNull()
    await other.close()
  })
})

describe('the id of a subcircuit', () => {
  it('is resolved by another process, operands, supernodes and inner selections included', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'circuitql-shared-'))
    const environment = { CIRCUITQL_STORE: `embedded:${folder}` }
    const first = await apiHouse(environment)
    const fields = '{ id nodeCount edgeCount nodes(first: 50) { nodes { address } } }'
    const made = await first.data(`{
      circuit(ref: { name: "attribution-example" }) {
        supernodes: select(expression: { pipe: [{ paths: { first: 3, pattern: "(:token)->+(:logit)" } }, { collapse: { by: SUPERNODE } }] }) ${fields}
        inner: select(expression: { without: { expression: { strongest: { first: 2, by: { preset: NODE_INFLUENCE } } } } }) ${fields}
      }
      model(ref: { name: "string-closing" }) {
        operand: select(expression: { difference: { of: { nodes: {} }, minus: [{ graph: { circuit: { name: "string-closing" } } }] } }) ${fields}
      } }`)
    await first.close()
    const second = await apiHouse(environment)
    for (const graph of [made.circuit.supernodes, made.circuit.inner, made.model.operand]) {
      const { node } = await second.data(
        `query($id: ID!) { node(id: $id) { ... on Subcircuit ${fields} } }`,
        {
          id: graph.id,
        },
      )
      expect(node).toEqual(graph)
    }
    await second.close()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)
})

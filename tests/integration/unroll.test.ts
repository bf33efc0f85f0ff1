/** A circuit on a prompt, asked over HTTP: path sums are gradients, and what needs a run is refused. */
import { type ApiHouse, apiHouse } from './api-house.js'

const DOUBLE = [4, 5, 2, 0, 6, 7, 8, 9, 10, 11]
let house: ApiHouse
beforeAll(async () => {
  house = await apiHouse()
}, 60_000)
afterAll(() => house.close())

const unroll = (more = ''): string =>
  `unroll: { prompt: { tokens: [${DOUBLE}] } logits: [0, 1] baseline: { preset: ZERO } ${more} }`
const select = (inner: string, more = ''): string =>
  `{ circuit(ref: { name: "string-closing" }) { select(expression: { ${unroll(more)} }) { ${inner} } } }`

describe('an unrolled circuit', () => {
  it('is a graph of derivatives at positions, whose questions say what they rest on', async () => {
    const { circuit } = await house.data(
      select(`source edgeMeaning capabilities summary { nodeCount edgeCount }
        nodes(filter: { kind: { eq: LOGIT } }, first: 5) { nodes { address probability position } }
        paths(first: 2) { ... on PathAnswer { level basis totalCount paths { nodes { addresses product } } } ... on Problem { code message } }
        flow { ... on FlowAnswer { level basis signedTotal } ... on Problem { code message } }
        influence { ... on InfluenceAnswer { level basis } ... on Problem { code message } }`),
    )
    const graph = circuit.select
    expect(graph.edgeMeaning).toBe('DERIVATIVE')
    expect(graph.capabilities).not.toContain('RUN')
    expect(graph.nodes.nodes.map((node: { address: string }) => node.address)).toEqual([
      'logit(0)@9',
      'logit(1)@9',
    ])
    for (const answer of [graph.paths, graph.flow, graph.influence])
      expect(answer).toMatchObject({ level: 'PROMPT', basis: 'GRAPH_ESTIMATE' })
    expect(Number(graph.paths.totalCount)).toBeGreaterThan(0)
    expect(graph.summary.edgeCount).toBeGreaterThan(0)
  })

  it('gives by its path sums what the gradient of the model gives for the same node', async () => {
    const { circuit } = await house.data(
      `{ circuit(ref: { name: "string-closing" }) {
        attribute(input: { metric: { direction: "logit(0)-logit(1)" } of: NODES
          method: { preset: GRADIENT_TIMES_ACTIVATION } baseline: { preset: ZERO } background: CIRCUIT
          on: { prompts: [{ prompt: { tokens: [${DOUBLE}] } target: 0 alternative: 1 }] } }) {
            ... on AttributionAnswer { scores(first: 20) { nodes { label score } } } ... on Problem { code message } }
        select(expression: { ${unroll()} }) { nodes(first: 100) { nodes { address activation } } } } }`,
    )
    expect(circuit.attribute.code).toBeUndefined()
    const { nodes } = circuit.select.nodes
    for (const { label, score } of circuit.attribute.scores.nodes) {
      let expected = 0
      for (const { address, activation } of nodes) {
        if (!address.startsWith(`${label}@`)) continue
        for (const [token, sign] of [
          [0, 1],
          [1, -1],
        ] as const) {
          const { circuit: own } = await house.data(
            select(
              `flow(from: { addresses: ["${address}"] }, to: { addresses: ["logit(${token})@9"] }) { ... on FlowAnswer { signedTotal } ... on Problem { message } }`,
            ),
          )
          // A score is the effect of replacing the value by 0: (0 − value) · gradient.
          expected -= sign * activation * own.select.flow.signedTotal
        }
      }
      expect(score).toBeCloseTo(expected, 9)
    }
  }, 60_000)

  it('cannot be run, unrolled again or put together with weights, and says so', async () => {
    const run = `run(input: { prompt: { tokens: [1, 2] } }) { ... on RunAnswer { level } ... on Problem { code hint } }`
    const { circuit } = await house.data(select(run))
    expect(circuit.select.run).toMatchObject({
      code: 'MODEL_NOT_AT_HAND',
      hint: expect.stringContaining('unrolled from'),
    })
    for (const [expression, code] of [
      [`pipe: [{ ${unroll()} }, { ${unroll()} }]`, 'NOT_MEANINGFUL'],
      [`union: [{ ${unroll()} }, { nodes: {} }]`, 'BAD_EXPRESSION'],
      [unroll('topK: LIVE'), 'NOT_MEANINGFUL'],
    ] as const) {
      const { errors } = await house.ask(
        `{ circuit(ref: { name: "string-closing" }) { select(expression: { ${expression} }) { nodeCount } } }`,
      )
      expect(errors[0].extensions.code).toBe(code)
    }
    const { errors } = await house.ask(
      `{ circuit(ref: { name: "attribution-example" }) { select(expression: { ${unroll()} }) { nodeCount } } }`,
    )
    expect(errors[0].extensions.code).toBe('NOT_MEANINGFUL')
  })

  it('is found again by its id', async () => {
    const { circuit } = await house.data(select('id nodeCount edgeCount', 'norms: FROZEN attention: OV_ONLY'))
    const { node } = await house.data(
      'query($id: ID!) { node(id: $id) { ... on Subcircuit { id nodeCount edgeCount } } }',
      { id: circuit.select.id },
    )
    expect(node).toEqual(circuit.select)
  })
})

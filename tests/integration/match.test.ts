/** Patterns over the catalogue and places of models, asked over HTTP of the bundled circuits. */
import { type ApiHouse, apiHouse, type Body } from './api-house.js'

let house: ApiHouse
beforeAll(async () => {
  house = await apiHouse()
}, 60_000)
afterAll(() => house.close())

const MATCH = `query($pattern: PathPattern!, $first: Int, $after: String, $perCircuit: Int! = 10, $circuits: CircuitFilter) {
  match(pattern: $pattern, circuits: $circuits, perCircuit: $perCircuit, first: $first, after: $after) {
    nodes { circuit { names } pathCount path { rank addresses bindings { variable elements } } }
    pageInfo { hasNextPage endCursor }
  }
}`

describe('match', () => {
  it('finds in every circuit what a question about its paths finds', async () => {
    const pattern = '(n) -[:WEIGHT]-> ()'
    const { match } = await house.data(MATCH, { pattern, first: 100 })
    const { circuits } = await house.data(
      `query($pattern: PathPattern!) { circuits(first: 20) { nodes { names
         paths(pattern: $pattern, first: 10, links: { attention: OV_AND_QK }) {
           ... on PathAnswer { totalCount paths { nodes { addresses } } } } } } }`,
      { pattern },
    )
    let seen = 0
    for (const { names, paths } of circuits.nodes) {
      const own = match.nodes.filter(
        (row: { circuit: { names: string[] } }) => row.circuit.names[0] === names[0],
      )
      expect(own.map((row: { path: { addresses: string[] } }) => row.path.addresses)).toEqual(
        (paths?.paths?.nodes ?? []).map((path: { addresses: string[] }) => path.addresses),
      )
      for (const row of own) expect(row.pathCount).toBe(paths.totalCount)
      seen += own.length
    }
    expect(seen).toBe(match.nodes.length)
    expect(seen).toBeGreaterThan(0)
  })

  it('pages row by row, and refuses the cursor of another pattern', async () => {
    const whole = await house.data(MATCH, { pattern: '(:feature) -> ()', first: 30 })
    const rows: unknown[] = []
    let after: string | null = null
    do {
      const { match } = await house.data(MATCH, { pattern: '(:feature) -> ()', first: 1, after })
      rows.push(...match.nodes)
      after = match.pageInfo.hasNextPage ? match.pageInfo.endCursor : null
    } while (after !== null && rows.length < 30)
    expect(rows).toEqual(whole.match.nodes)
    const { errors } = await house.ask(MATCH, {
      pattern: '(:token)',
      after: whole.match.pageInfo.endCursor,
    })
    expect(errors[0].extensions.code).toBe('BAD_CURSOR')
  })

  it('counts circuits in which the pattern has no meaning, and refuses what none could answer', async () => {
    const query = `query($pattern: PathPattern!) { match(pattern: $pattern, first: 100) {
      nodes { circuit { source } } skipped { code reason circuits } } }`
    const { circuits } = await house.data('{ circuits(first: 50) { nodes { summary { scoreNames } } } }')
    const names: string[][] = circuits.nodes.map(({ summary }: Body) => summary.scoreNames)
    const score = names.flat()[0]
    const without = names.filter((own) => !own.includes(score!)).length
    const { match } = await house.data(query, { pattern: `(n WHERE score('${score}') > -1e9) -> ()` })
    expect(match.skipped).toEqual([
      { code: 'BAD_INPUT', reason: expect.stringContaining(score!), circuits: without },
    ])
    const { data, errors } = await house.ask(query, { pattern: "(n WHERE score('nowhere') > 0) -> ()" })
    expect(data).toEqual({ match: null })
    expect(errors[0].extensions).toMatchObject({ code: 'BAD_INPUT', at: 'pattern' })
    expect(errors[0].message).toContain('nowhere')
  })

  it('tells where a pattern cannot be read, as an error with its place', async () => {
    const { data, errors } = await house.ask(MATCH, { pattern: '(n:featur)' })
    expect(data).toEqual({ match: null })
    expect(errors[0].extensions).toMatchObject({
      code: 'BAD_PATTERN',
      line: 1,
      column: 4,
      suggestion: 'feature',
    })
  })
})

describe('components', () => {
  it('tell which circuits use a place and how strongly, and can be asked by id', async () => {
    const { circuit } = await house.data(
      `{ circuit(ref: { name: "string-closing" }) { names model { key }
         columns { ... on GraphColumns { nodeAddress source target weight } } } }`,
    )
    const address = circuit.columns.nodeAddress[circuit.columns.source[0]]
    const { components } = await house.data(
      `query($model: String!, $addresses: [String!]!) { components(model: $model, addresses: $addresses) {
         id address model { key } uses(first: 5) { totalCount nodes { circuit { names } node { address } inputs outputs absoluteInput absoluteOutput } } } }`,
      { model: circuit.model.key, addresses: [address] },
    )
    const { nodeAddress, source, target, weight } = circuit.columns
    const own = nodeAddress.indexOf(address)
    const sizes = (ends: number[]): number[] =>
      weight.filter((_: number, e: number) => ends[e] === own).map((value: number) => Math.abs(value))
    const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0)
    expect(components[0]).toMatchObject({ address, model: circuit.model })
    expect(components[0].uses).toEqual({
      totalCount: 1,
      nodes: [
        {
          circuit: { names: circuit.names },
          node: { address },
          inputs: sizes(target).length,
          outputs: sizes(source).length,
          absoluteInput: sum(sizes(target)),
          absoluteOutput: sum(sizes(source)),
        },
      ],
    })
    const { node } = await house.data(
      'query($id: ID!) { node(id: $id) { id ... on Component { address } } }',
      {
        id: components[0].id,
      },
    )
    expect(node).toEqual({ id: components[0].id, address })
  })

  it('that no circuit uses have no uses; an address that is none is refused with its place', async () => {
    const query = `query($a: [String!]!) { components(model: "foreign:x#a/b", addresses: $a) { id uses { totalCount } } }`
    const { components } = await house.data(query, { a: ['feature(3/4)@7'] })
    expect(components).toEqual([
      { id: 'component:foreign%3Ax%23a%2Fb/feature(3/4)', uses: { totalCount: 0 } },
    ])
    const { errors } = await house.ask(query, { a: ['feature(3/4)', 'nowhere'] })
    expect(errors[0].extensions).toMatchObject({ code: 'BAD_ADDRESS', at: 'addresses[1]' })
  })
})

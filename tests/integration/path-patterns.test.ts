/** Path patterns through the schema, on the bundled circuits whose every path can be counted by hand. */
import { openHouse, type TestHouse } from '../support/house.js'

interface Row {
  readonly product: number | null
  readonly steps: readonly { readonly address: string }[]
  readonly hops: readonly { readonly kind: string; readonly reversed: boolean }[]
}

type Answer = { readonly totalCount: string; readonly paths: { readonly nodes: readonly Row[] } } & {
  readonly code: string
  readonly message: string
  readonly line: number
  readonly column: number
  readonly expected: readonly string[]
  readonly suggestion: string | null
}

describe('path patterns', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
  }, 60_000)
  afterAll(() => house.close())

  const ask = async (pattern: string, more = '', circuit = 'string-closing'): Promise<Answer> => {
    const { circuit: found } = await house.ask<{ circuit: { paths: Answer } }>(
      `query Q($pattern: PathPattern!) { circuit(ref: { name: "${circuit}" }) { paths(pattern: $pattern, first: 100 ${more}) {
        ... on PathAnswer { totalCount paths { nodes { product steps { address } hops { kind reversed } } } }
        ... on PatternProblem { code message line column expected suggestion }
        ... on Problem { code message } } } }`,
      { pattern },
    )
    return found.paths
  }
  const walked = ({ paths }: Answer): string[] =>
    paths.nodes.map(({ steps }) => steps.map(({ address }) => address).join(' '))

  it('match one node, one edge and one way from token to logit', async () => {
    expect(walked(await ask('(n:v)'))).toEqual(['0.attn.v[0]'])
    expect(walked(await ask('(:act_in)->(:v)'))).toEqual(['0.attn.act_in[1] 0.attn.v[0]'])
    const whole = '(t:token {index: 0}) => (v:v) => (l:logit {index: 0})'
    expect(walked(await ask(whole))).toEqual([
      'token(0) embed[1] 0.attn.act_in[1] 0.attn.v[0] 0.attn.resid_delta[2] final_resid[2] logit(0)',
    ])
  })

  it('find by text what a token is, and by its own values what an edge is', async () => {
    const whole = await ask(`(t:token WHERE text = '"') ->+ (l:logit WHERE text = '"')`)
    expect(whole.totalCount).toBe('1')
    const negative = await ask('(:v)-[WHERE weight < 0]->(:resid_delta)')
    const any = await ask('(:v)-[:WEIGHT]->(:resid_delta)')
    expect(Number(negative.totalCount)).toBeLessThanOrEqual(Number(any.totalCount))
    expect((await ask('(:v)-[:CONTROL]->(:resid_delta)')).totalCount).toBe('0')
    const control = await ask('(:k)-[:CONTROL]->(:resid_delta)', 'links: { attention: OV_AND_QK }')
    expect(control.totalCount).not.toBe('0')
    expect(control.paths.nodes[0]).toMatchObject({
      product: null,
      hops: [{ kind: 'CONTROL', reversed: false }],
    })
  })

  it('go against edges, and say so', async () => {
    const back = await ask('(:v)<-(r:act_in)')
    expect(walked(back)).toEqual(['0.attn.v[0] 0.attn.act_in[1]'])
    expect(back.paths.nodes[0]!.hops).toEqual([{ kind: 'WEIGHT', reversed: true }])
    const shared = await ask('(a:q|k|v)<-(:act_in)->(b:q|k|v)')
    expect(walked(shared).length).toBe(Number(shared.totalCount))
  })

  it('say what their variables stand for', async () => {
    const { circuit } = await house.ask<{
      circuit: { paths: { paths: { nodes: { bindings: unknown }[] } } }
    }>(
      `{ circuit(ref: { name: "string-closing" }) { paths(pattern: "(t:token {index: 0}) (->(x))+ -[e:UNEMBEDDING]-> (l:logit {index: 1})") {
        ... on PathAnswer { paths { nodes { bindings { variable elements } } } } } } }`,
    )
    expect(circuit.paths.paths.nodes[0]!.bindings).toEqual([
      { variable: 't', elements: ['token(0)'] },
      {
        variable: 'x',
        elements: ['embed[1]', '0.attn.act_in[1]', '0.attn.v[0]', '0.attn.resid_delta[2]', 'final_resid[2]'],
      },
      { variable: 'l', elements: ['logit(1)'] },
      { variable: 'e', elements: ['final_resid[2]->logit(1)'] },
    ])
  })

  it('count as often as paths without a pattern do', async () => {
    const plain = await house.ask<{ circuit: { paths: { totalCount: string } } }>(
      '{ circuit(ref: { name: "string-closing" }) { paths(from: { attached: "token(0)" }, to: { attached: "logit(0)-logit(1)" }) { ... on PathAnswer { totalCount } } } }',
    )
    const ends = 'from: { attached: "token(0)" }, to: { attached: "logit(0)-logit(1)" }'
    expect((await ask('() ->* ()', ends)).totalCount).toBe(plain.circuit.paths.totalCount)
    expect((await ask('() (()->())* ()', ends)).totalCount).toBe(plain.circuit.paths.totalCount)
    expect((await ask('() ->{2} ()', ends)).totalCount).toBe('0')
  })

  it('continue behind a cursor where they stopped, and only for the same pattern', async () => {
    const page = async (pattern: string, after: string | null) =>
      (
        await house.ask<{ circuit: { paths: never } }>(
          `query Q($pattern: PathPattern!, $after: String) { circuit(ref: { name: "string-closing" }) {
            paths(pattern: $pattern, first: 2, after: $after) { ... on PathAnswer { paths { edges { cursor node { rank } } } } ... on Problem { code } } } }`,
          { pattern, after },
        )
      ).circuit.paths as { paths: { edges: { cursor: string; node: { rank: number } }[] }; code: string }
    const first = await page('()->()', null)
    const { cursor } = first.paths.edges[1]!
    expect((await page('MATCH ()-->()', cursor)).paths.edges[0]!.node.rank).toBe(3)
    expect((await page('()->()->()', cursor)).code).toBe('BAD_CURSOR')
  })

  it('work on attribution graphs, where `=>` has no meaning', async () => {
    const rows = await ask('(t:token) ->+ (l:logit WHERE logitRank = 1)', '', 'attribution-example')
    expect(Number(rows.totalCount)).toBeGreaterThan(0)
    expect(walked(rows).every((path) => path.startsWith('token('))).toBe(true)
    expect(await ask('(a) => (b)', '', 'attribution-example')).toMatchObject({ code: 'NOT_MEANINGFUL' })
  })

  it('are refused with the place of what is wrong', async () => {
    expect(await ask('(a)->(b:Post_act)')).toEqual({
      code: 'BAD_PATTERN',
      message: 'line 1, column 9: Post_act is no label of a node',
      line: 1,
      column: 9,
      expected: expect.arrayContaining(['post_act']),
      suggestion: 'post_act',
    })
    expect(await ask('(a)->{100}(b)->{100}((c)->{100}(d)){100}')).toMatchObject({ code: 'COST_EXCEEDED' })
  })
})

describe('parsePathPattern', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
  }, 60_000)
  afterAll(() => house.close())

  it('gives canonical text, tree, variables, states and the work on a graph', async () => {
    const { parsePathPattern } = await house.ask<{ parsePathPattern: Record<string, unknown> }>(
      `{ parsePathPattern(text: "match (a {layer: 0})-->(b:v)", graph: { circuit: { name: "string-closing" } }) {
        ... on ParsedPathPattern { canonical tree variables states work } ... on Problem { code } } }`,
    )
    expect(parsePathPattern).toMatchObject({
      canonical: '(a WHERE layer = 0) -> (b:v)',
      variables: ['a', 'b'],
      states: 4,
      tree: {
        kind: 'sequence',
        parts: [{ kind: 'node', variable: 'a' }, { kind: 'edge' }, { kind: 'node' }],
      },
    })
    expect(parsePathPattern['work']).toBeGreaterThan(0)
  })

  it('tells editors where one stopped', async () => {
    const { parsePathPattern } = await house.ask<{ parsePathPattern: unknown }>(
      '{ parsePathPattern(text: "(a)->") { ... on ParsedPathPattern { canonical } ... on PatternProblem { line column } } }',
    )
    expect(parsePathPattern).toEqual({ canonical: '(a) -> ()' })
    const open = await house.ask<{ parsePathPattern: unknown }>(
      '{ parsePathPattern(text: "(a)->(") { ... on PatternProblem { code line column } } }',
    )
    expect(open.parsePathPattern).toEqual({ code: 'BAD_PATTERN', line: 1, column: 7 })
  })
})

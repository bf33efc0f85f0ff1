/** What a question would take, told before it runs: refusals, plans and reports over every transport. */
import { sendOver, TRANSPORTS, type Transport } from '../support/transports.js'
import { type ApiHouse, apiHouse, type Body } from './api-house.js'

const PATHS =
  '{ circuit(ref: {name: "string-closing"}) { paths(first: 3) { __typename ... on PathAnswer { totalCount } ... on Problem { code message hint } } } }'
const ABLATE = `{ circuit(ref: {name: "string-closing"}) { ablate(input: { target: {nodes: {where: {}}} background: MODEL sweep: {preset: EACH_NODE}
  on: {prompts: [{prompt: {tokens: [4, 5, 2, 0]}, target: 0, alternative: 1}]} metrics: [{preset: LOGIT_DIFFERENCE}] }) {
  __typename ... on AblationAnswer { execution { evaluations } } ... on Problem { code message hint } } } }`

const asked = (url: string, transport: Transport, query: string, extensions?: object): Promise<Body> =>
  sendOver(url, transport, extensions === undefined ? { query } : { query, extensions })

let house: ApiHouse
let strict: ApiHouse
beforeAll(async () => {
  house = await apiHouse()
  strict = await apiHouse({ CIRCUITQL_MAX_WORK: '100' })
}, 60_000)
afterAll(async () => {
  await house.close()
  await strict.close()
})

describe.each(TRANSPORTS)('over %s', (transport) => {
  it('a question above the limit is refused alone, with its cost and how to shrink it', async () => {
    for (const query of [PATHS, ABLATE]) {
      const { data, errors } = await asked(strict.url, transport, query)
      expect(errors).toBeUndefined()
      const refused = Object.values(data.circuit)[0]
      expect(refused).toMatchObject({
        __typename: 'Problem',
        code: 'COST_EXCEEDED',
        message: expect.stringMatching(/about .* visits and multiply-adds, the limit is 100$/),
        hint: expect.stringMatching(/^most of it is “/),
      })
    }
  })

  it('a later page is planned with the paths before it', async () => {
    const page = (first: number, after: string | null): string =>
      `{ circuit(ref: {name: "attribution-example"}) { paths(first: ${first}${after === null ? '' : ` after: "${after}"`}) {
        ... on PathAnswer { paths { pageInfo { endCursor } } } ... on Problem { message } } } }`
    const planned = async (query: string): Promise<number> =>
      (await asked(house.url, transport, query, { plan: true })).extensions.plan[1].work
    const { data } = await asked(house.url, transport, page(2, null))
    const { endCursor } = data.circuit.paths.paths.pageInfo
    expect(await planned(page(1, endCursor))).toBe(await planned(page(3, null)))
    expect(await planned(page(1, endCursor))).toBeGreaterThan(await planned(page(1, null)))
  })

  it('an answer reports estimated and actual work', async () => {
    for (const query of [PATHS, ABLATE]) {
      const { extensions } = await asked(house.url, transport, query)
      const { estimated, actual, limit } = extensions.cost
      expect(actual.work).toBeGreaterThan(0)
      expect(actual.work).toBeLessThanOrEqual(estimated.work)
      expect(limit.work).toBe(1e11)
    }
  })

  it('a plan says which steps run where, and nothing runs', async () => {
    const { data, extensions } = await asked(house.url, transport, PATHS, { plan: true })
    expect(data).toBeNull()
    expect(extensions.plan).toHaveLength(2)
    const [opening, { ask, graph, work, steps }] = extensions.plan
    expect(opening).toMatchObject({ ask: 'open', graph, steps: [{ place: 'DATABASE' }] })
    expect(opening.steps[0].rows).toBeGreaterThan(2)
    expect([ask, graph]).toEqual(['paths', expect.stringMatching(/^circuit:/)])
    expect(steps.map(({ place }: Body) => place)).toEqual(steps.map(() => 'PROCESS'))
    expect(steps.reduce((sum: number, step: Body) => sum + step.work, 0)).toBe(work)
    expect(extensions.cost).toMatchObject({ estimated: { work }, actual: { fields: 0, work: 0 } })
    const runs = await asked(house.url, transport, ABLATE, { plan: true })
    expect(runs.extensions.plan[1].steps[0]).toMatchObject({ place: 'ENGINE', step: 'ablate and measure' })
  })
})

describe('a plan', () => {
  it('goes on through derived graphs and lists', async () => {
    const { extensions } = await asked(
      house.url,
      'POST',
      '{ circuit(ref: {name: "string-closing"}) { select(expression: {nodes: {layer: {lte: 1}}}) { nodes { totalCount } flow { __typename } } } }',
      { plan: true },
    )
    expect(extensions.plan.map(({ ask }: Body) => ask)).toEqual(['open', 'select', 'nodes', 'flow'])
  })

  it('is made of queries only: what writes is refused, and not carried out', async () => {
    const deletion = 'mutation { deleteCircuit(input: {id: "circuit:00"}) { __typename } }'
    for (const transport of ['POST', 'event stream'] as const) {
      const { errors } = await asked(house.url, transport, deletion, { plan: true })
      expect(errors[0]).toMatchObject({
        message: 'a plan is made of queries, not of a mutation',
        extensions: { code: 'BAD_INPUT' },
      })
    }
  })
})

describe('a pattern', () => {
  it('is told its states and what it costs on a graph, which bounds what asking it spends', async () => {
    const pattern = '(:act_in) -> (:v) ->* (:resid_delta)'
    const { parsePathPattern } = await house.data(
      `query($p: PathPattern!) { parsePathPattern(text: $p, graph: {circuit: {name: "string-closing"}}) { ... on ParsedPathPattern { states work } } }`,
      { p: pattern },
    )
    expect(parsePathPattern.states).toBeGreaterThan(2)
    const { extensions } = await house.ask(
      `query($p: PathPattern!) { circuit(ref: {name: "string-closing"}) { paths(pattern: $p) { ... on PathAnswer { totalCount } } } }`,
      { p: pattern },
    )
    expect(extensions.cost.estimated.work).toBe(parsePathPattern.work)
    expect(extensions.cost.actual.work).toBeLessThanOrEqual(parsePathPattern.work)
  })
})

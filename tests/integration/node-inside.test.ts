/** Looking inside channels of the hand-built circuits, whose READMEs give every number. */
import { openHouse, type TestHouse } from '../support/house.js'

/** The hand-built norm takes off less than one part in 10^12. */
const PLACES = 9

interface Activity {
  readonly code?: string
  readonly message?: string
  readonly basis: string
  readonly tokens: number
  readonly density: number
  readonly mean: number
  readonly quantiles: readonly { readonly probability: number; readonly value: number }[]
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] }
  readonly examples: readonly {
    readonly sequence: number
    readonly position: number
    readonly value: number
    readonly quantile: number
    readonly texts: readonly string[]
    readonly values: readonly number[]
  }[]
  readonly execution: { readonly evaluations: number }
}
interface Partners {
  readonly code?: string
  readonly partners: {
    readonly totalCount: number
    readonly nodes: readonly {
      readonly address: string
      readonly kind: string
      readonly weight: number | null
      readonly node: { readonly address: string } | null
    }[]
  }
}
interface Tokens {
  readonly code?: string
  readonly message?: string
  readonly side: string
  readonly tokens: {
    readonly nodes: readonly { readonly id: number; readonly text: string; readonly weight: number }[]
    readonly pageInfo: { readonly hasNextPage: boolean }
  }
}

describe('inside a channel', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
  }, 60_000)
  afterAll(() => house.close())

  async function node<Answer>(circuit: string, address: string, fields: string): Promise<Answer> {
    const { circuit: found } = await house.ask<{ circuit: { nodes: { nodes: Answer[] } } }>(
      `query($name: String!, $address: String!) { circuit(ref: { name: $name }) {
        nodes(filter: { address: { eq: $address } }) { nodes { ${fields} } } } }`,
      { name: circuit, address },
    )
    return found.nodes.nodes[0]!
  }
  const activity = async (circuit: string, address: string, given = ''): Promise<Activity> =>
    (
      await node<{ activations: Activity }>(
        circuit,
        address,
        `activations${given} { ... on Problem { code message } ... on ChannelActivity {
          basis tokens density mean quantiles { probability value } histogram { edges counts }
          examples { sequence position value quantile texts values } execution { evaluations } } }`,
      )
    ).activations
  const partners = async (circuit: string, address: string, side: 'reads' | 'writes') =>
    (
      await node<Record<string, Partners>>(
        circuit,
        address,
        `${side} { ... on Problem { code } ... on ChannelPartners { partners { totalCount nodes { address kind weight node { address } } } } }`,
      )
    )[side]!
  const rows = async (circuit: string, address: string, side: 'reads' | 'writes') =>
    (await partners(circuit, address, side)).partners.nodes.map((row) => [
      row.address,
      row.kind,
      row.weight,
      row.node?.address ?? null,
    ])
  const tokens = async (circuit: string, address: string, page = '') =>
    (
      await node<{ tokens: Tokens }>(
        circuit,
        address,
        `tokens { ... on Problem { code message } ... on ChannelTokens { side tokens${page} { nodes { id text weight } pageInfo { hasNextPage } } } }`,
      )
    ).tokens

  describe('of string closing', () => {
    it('finds the type at the four quotes of the reference set and nowhere else', async () => {
      const found = await activity('string-closing', '0.attn.act_in[1]', '(first: 2)')
      expect(found).toMatchObject({ basis: 'MEASURED_RUN', tokens: 40, density: 0.1, mean: 0 })
      expect(found.execution.evaluations).toBe(4)
      expect(found.quantiles.map(({ value }) => Math.round(value * 1e9) / 1e9)).toEqual([
        -1, -1, -1, 0, 0, 0, 0, 1, 1,
      ])
      expect(found.examples).toMatchObject([
        { sequence: 0, position: 3, quantile: 38 / 39 },
        { sequence: 2, position: 1, quantile: 1 },
      ])
      const [first] = found.examples
      expect(first!.texts.join('')).toBe('x=("abcdef')
      first!.values.forEach((value, position) => {
        expect(value).toBeCloseTo(position === 3 ? 1 : 0, PLACES)
      })
      expect(found.histogram.counts.reduce((a, b) => a + b, 0)).toBe(4)
      expect([found.histogram.counts[0], found.histogram.counts.at(-1)]).toEqual([2, 2])
    })

    it('follows what the head writes: ±9/(9 + t) once the quote is t tokens from the start', async () => {
      const write = '0.attn.resid_delta[2]'
      const top = await activity('string-closing', write, '(first: 2)')
      // A tap that was surveyed costs nothing the second time.
      const bottom = await activity('string-closing', write, '(first: 2, order: BOTTOM)')
      const spread = await activity('string-closing', write, '(first: 3, order: QUANTILE)')
      const again = await activity('string-closing', write, '(first: 1)')
      const shown = ({ examples }: Activity) =>
        examples.map(({ sequence, position, value }) => [sequence, position, Math.round(value * 1e9) / 1e9])
      expect(top.density).toBe(0.8)
      expect(top.mean).toBeCloseTo(0, 12)
      expect(shown(top)).toEqual([
        [2, 1, 0.9],
        [0, 3, 0.75],
      ])
      expect(shown(bottom)).toEqual([
        [3, 1, -0.9],
        [1, 3, -0.75],
      ])
      // Sixteen tokens below 0, eight at 0: the median is the fourth of them, in the order of the text.
      expect(shown(spread)).toEqual([
        [3, 1, -0.9],
        [1, 0, 0],
        [2, 1, 0.9],
      ])
      top.examples[1]!.values.forEach((value, t) => {
        expect(value).toBeCloseTo(t < 3 ? 0 : 9 / (9 + t), PLACES)
      })
      expect(top.histogram.edges).toHaveLength(41)
      expect(top.histogram.counts.reduce((a, b) => a + b, 0)).toBe(32)
      expect(top.histogram.counts.at(-1)).toBe(1)
      expect([top, bottom, spread, again].map(({ execution }) => execution.evaluations)).toEqual([4, 0, 0, 0])
    })

    it('surveys given texts as well', async () => {
      const found = await activity(
        'string-closing',
        '0.attn.act_in[0]',
        '(on: [{ text: "a" }, { tokens: [4, 1, 0] }])',
      )
      expect(found.tokens).toBe(4)
      expect(found.density).toBe(0.5)
      expect(found.mean).toBeCloseTo(0.5, PLACES)
      expect(found.examples.map(({ sequence, position }) => [sequence, position])).toEqual([
        [1, 1],
        [0, 0],
      ])
    })

    it('names what each channel reads and writes in the whole model', async () => {
      const at = (address: string, side: 'reads' | 'writes') => rows('string-closing', address, side)
      const [type, k, v, write] = ['0.attn.act_in[1]', '0.attn.k[0]', '0.attn.v[0]', '0.attn.resid_delta[2]']
      expect(await at(type!, 'reads')).toEqual([['embed[1]', 'RESIDUAL', 0.5, null]])
      expect(await at(type!, 'writes')).toEqual([[v, 'WEIGHT', 1, v]])
      expect(await at(k!, 'reads')).toEqual([['0.attn.act_in[0]', 'WEIGHT', Math.log(9), '0.attn.act_in[0]']])
      expect(await at(k!, 'writes')).toEqual([[write, 'CONTROL', null, write]])
      expect(await at(write!, 'reads')).toEqual([
        [v, 'WEIGHT', 1, v],
        ['0.attn.q[0]', 'CONTROL', null, '0.attn.q[0]'],
        [k, 'CONTROL', null, k],
      ])
      expect(await at(write!, 'writes')).toEqual([['final_resid[2]', 'RESIDUAL', 1, null]])
    })

    it('weighs tokens at the end where the channel stands', async () => {
      const embedded = await tokens('string-closing', '0.attn.act_in[1]')
      expect(embedded.side).toBe('EMBEDDING')
      expect(embedded.tokens.nodes).toEqual([
        { id: 0, text: '"', weight: 2 ** 19 },
        { id: 1, text: "'", weight: -(2 ** 19) },
      ])
      const said = await tokens('string-closing', '0.attn.resid_delta[2]', '(first: 1)')
      expect(said).toMatchObject({
        side: 'UNEMBEDDING',
        tokens: { nodes: [{ id: 0, text: '"', weight: 2 ** 23 }], pageInfo: { hasNextPage: true } },
      })
      expect(await tokens('string-closing', '0.attn.v[0]')).toMatchObject({
        code: 'NOT_MEANINGFUL',
        message: expect.stringContaining('not a channel of the residual stream'),
      })
    })
  })

  describe('of bracket depth', () => {
    it('shows the depth token by token', async () => {
      const found = await activity(
        'bracket-depth',
        '0.attn.resid_delta[1]',
        '(on: [{ text: "x=[[1,23" }], first: 1)',
      )
      expect(found.examples).toMatchObject([{ sequence: 0, position: 3, texts: Array.from('x=[[1,23') }])
      found.examples[0]!.values.forEach((value, t) => {
        expect(value).toBeCloseTo([0, 0, 1, 2, 2, 2, 2, 2][t]! / (t + 1), PLACES)
      })
      expect(found.mean).toBeCloseTo((1 / 3 + 2 / 4 + 2 / 5 + 2 / 6 + 2 / 7 + 2 / 8) / 8, PLACES)
    })

    it('links layers through the residual stream by the gain of the reader', async () => {
      const [write, read] = ['0.attn.resid_delta[1]', '1.attn.act_in[1]']
      expect(await rows('bracket-depth', read!, 'reads')).toEqual([[write, 'RESIDUAL', 2 ** 19, write]])
      expect(await rows('bracket-depth', write!, 'writes')).toEqual([
        [read, 'RESIDUAL', 2 ** 19, read],
        ['final_resid[1]', 'RESIDUAL', 1, null],
      ])
      expect(await rows('bracket-depth', read!, 'writes')).toEqual([
        ['1.attn.q[0]', 'WEIGHT', 160, '1.attn.q[0]'],
      ])
    })
  })

  it('answers with a problem where there is no model, or nothing to survey', async () => {
    const { circuits } = await house.ask<{
      circuits: { nodes: { nodes: { nodes: Record<string, { code: string }>[] } }[] }
    }>(`{ circuits(first: 10) { nodes { nodes(first: 1) { nodes {
      activations { ... on Problem { code } } reads { ... on Problem { code } }
      writes { ... on Problem { code } } tokens { ... on Problem { code } } } } } } }`)
    const refused = circuits.nodes.flatMap(({ nodes }) => nodes.nodes).filter(({ reads }) => reads!.code)
    expect(refused).toHaveLength(1)
    expect(Object.values(refused[0]!).map(({ code }) => code)).toEqual(Array(4).fill('NOT_MEANINGFUL'))
    const at = '0.attn.act_in[0]'
    expect(await activity('string-closing', at, '(on: [])')).toMatchObject({
      code: 'BAD_INPUT',
      message: 'a survey takes 1 to 1000 texts, not 0',
    })
    expect(await activity('string-closing', at, '(first: 0)')).toMatchObject({ code: 'BAD_INPUT' })
    expect(await activity('string-closing', at, '(on: [{ tokens: [99] }])')).toMatchObject({
      message: 'the token 99 is not in the vocabulary of 12',
    })
  })
})

describe('attention patterns', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
  }, 60_000)
  afterAll(() => house.close())

  interface Run {
    readonly attention: readonly {
      readonly head: number
      readonly pattern: readonly (readonly number[])[]
    }[]
  }
  const INPUT = '(input: { prompt: { text: "x=(\\"abcdef" }, attentionLayers: [0] })'
  const ASKED = `run${INPUT} { ... on RunAnswer { attention { head pattern } } ... on Problem { message } }`

  it('of a circuit alone are those of its own queries and keys', async () => {
    const { circuit } = await house.ask<{
      circuit: { run: Run; select: { run: Run } }
    }>(`{ circuit(ref: { name: "string-closing" }) {
      ${ASKED}
      select(expression: { nodes: { NOT: { address: { eq: "0.attn.k[0]" } } } }) { ${ASKED} } } }`)
    const last = ({ attention }: Run, head: number) =>
      attention.find((row) => row.head === head)!.pattern.at(-1)!
    expect(circuit.run.attention).toHaveLength(2)
    last(circuit.run, 0).forEach((weight, key) => {
      expect(weight).toBeCloseTo((key === 3 ? 9 : 1) / 18, PLACES)
    })
    // Without its key the head looks everywhere alike, as the head outside the circuit does.
    for (const flat of [last(circuit.run, 1), last(circuit.select.run, 0)])
      for (const weight of flat) expect(weight).toBeCloseTo(0.1, PLACES)
    circuit.run.attention[0]!.pattern.forEach((row, query) => {
      expect(row.slice(query + 1).every((weight) => weight === 0)).toBe(true)
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    })
  })
})

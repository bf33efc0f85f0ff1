/** Questions on the bundled examples through the schema: the answers that their READMEs work out by hand. */
import { openHouse, type TestHouse } from '../support/house.js'

interface Problem {
  readonly code: string
  readonly message: string
}

describe('questions on the bundled examples', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
  }, 60_000)
  afterAll(() => house.close())

  const ablate = async (
    circuit: string,
    input: string,
  ): Promise<
    {
      readings: {
        effect: number | null
        ablated: number | null
        faithfulness: number | null
        reason: string | null
      }[]
      basis: string
    } & Problem
  > => {
    const { circuit: found } = await house.ask<{ circuit: { ablate: never } }>(
      `{ circuit(ref: { name: "${circuit}" }) { ablate(input: { ${input} }) {
        ... on AblationAnswer { basis readings { effect ablated faithfulness reason } }
        ... on Problem { code message } } } }`,
    )
    return found.ablate
  }
  const QUOTES = `on: { prompts: [{ prompt: { tokens: [4, 5, 2, 0, 6, 7, 8, 9, 10, 11] }, target: 0, alternative: 1 }] } metrics: [{ preset: LOGIT_DIFFERENCE }]`

  describe('string closing, measured', () => {
    it('loses everything when the six nodes go and keeps everything when they stay', async () => {
      const all = 'target: { nodes: { where: {} } } background: MODEL'
      const removed = await ablate('string-closing', `${all} ${QUOTES}`)
      expect(removed).toMatchObject({ basis: 'MEASURED_RUN' })
      expect(removed.readings[0]!.ablated).toBeCloseTo(0, 9)
      const kept = await ablate('string-closing', `${all} mode: KEEP_ONLY ${QUOTES}`)
      expect(kept.readings[0]!.ablated).toBeCloseTo(16, 9)
      expect(kept.readings[0]!.faithfulness).toBeCloseTo(1, 9)
    })
    it('needs its constant query under zero ablation only', async () => {
      const query = 'target: { nodes: { addresses: ["0.attn.q[0]"] } } background: MODEL'
      const { readings } = await ablate(
        'string-closing',
        `${query} replacements: [{ preset: ZERO }, { preset: MEAN }] ${QUOTES}`,
      )
      expect(readings.map(({ ablated }) => ablated!.toFixed(9))).toEqual(['3.200000000', '16.000000000'])
    })
    it('asks for a background, because a circuit could be taken out of itself or out of the model', async () => {
      expect(await ablate('string-closing', `target: { nodes: { where: {} } } ${QUOTES}`)).toMatchObject({
        code: 'BAD_INPUT',
      })
    })
    it('refuses a token that is not in the vocabulary and names it', async () => {
      const prompt =
        'on: { prompts: [{ prompt: { tokens: [4, 99] }, target: 0, alternative: 1 }] } metrics: [{ preset: LOGIT_DIFFERENCE }]'
      const problem = await ablate(
        'string-closing',
        `target: { nodes: { where: {} } } background: MODEL ${prompt}`,
      )
      expect(problem).toMatchObject({
        code: 'BAD_INPUT',
        message: 'the token 99 is not in the vocabulary of 12',
      })
    })
    it('runs the circuit alone: everything outside it at its mean', async () => {
      const { circuit } = await house.ask<{
        circuit: {
          run: { next: { text: string; logit: number }[]; attention: { head: number; pattern: number[][] }[] }
        }
      }>(
        `{ circuit(ref: { name: "string-closing" }) { run(input: { prompt: { text: "x=('abcdef" }, top: 1, attentionLayers: [0] }) {
          ... on RunAnswer { next { text logit } attention { head pattern } } ... on Problem { message } } } }`,
      )
      expect(circuit.run.next[0]!.text).toBe("'")
      expect(circuit.run.next[0]!.logit).toBeCloseTo(8, 9)
      expect(circuit.run.attention[0]!.pattern.at(-1)!.at(3)).toBeCloseTo(0.5, 9)
    })
  })

  describe('the attribution graph, estimated', () => {
    const zero = (address: string): string =>
      `target: { nodes: { addresses: ["${address}"] } } metrics: [{ direction: "logit(100)" }]`
    it('gives nothing unless an estimate is allowed', async () => {
      expect(await ablate('attribution-example', zero('feature(2/3)@3'))).toMatchObject({
        code: 'MODEL_NOT_AT_HAND',
      })
    })
    it.each([
      ['feature(2/3)@3', -3],
      ['feature(1/7)@2', -2.5],
      ['token(20)@2', -1.46875],
    ])('zeroing %s changes " blue" by %d', async (address, effect) => {
      const answer = await ablate('attribution-example', `${zero(address)} allowEstimate: true`)
      expect(answer).toMatchObject({ basis: 'GRAPH_ESTIMATE' })
      expect(answer.readings[0]!.effect).toBe(effect)
    })
    it('refuses means and losses, which only a run can give', async () => {
      const target = 'target: { nodes: { addresses: ["feature(2/3)@3"] } } allowEstimate: true'
      expect(
        await ablate(
          'attribution-example',
          `${target} metrics: [{ direction: "logit(100)" }] replacements: [{ preset: MEAN }]`,
        ),
      ).toMatchObject({ code: 'NOT_MEANINGFUL' })
      expect(await ablate('attribution-example', `${target} metrics: [{ preset: TASK_LOSS }]`)).toMatchObject(
        { code: 'NOT_MEANINGFUL' },
      )
    })
    it('sends 21.5 from sky to blue over five paths, 27.5 in absolute terms', async () => {
      const { circuit } = await house.ask<{ circuit: { flow: unknown } }>(
        `{ circuit(ref: { name: "attribution-example" }) { flow(from: { addresses: ["token(20)@2"] }, to: { addresses: ["logit(100)@3"] }) {
          ... on FlowAnswer { pathCount signedTotal absoluteTotal } } } }`,
      )
      expect(circuit.flow).toEqual({ pathCount: '5', signedTotal: 21.5, absoluteTotal: 27.5 })
    })
    it('pages through paths where it stopped, in one order', async () => {
      const page = async (
        first: number,
        after: string | null,
      ): Promise<{
        totalCount: string
        coveredMass: number
        paths: {
          edges: { cursor: string; node: { product: number; steps: { address: string }[] } }[]
          pageInfo: { hasNextPage: boolean; endCursor: string | null }
        }
      }> =>
        (
          await house.ask<{ circuit: { paths: never } }>(
            `query($first: Int!, $after: String) { circuit(ref: { name: "attribution-example" }) { paths(first: $first, after: $after, rankBy: ABSOLUTE_PRODUCT) {
              ... on PathAnswer { totalCount coveredMass paths { edges { cursor node { product steps { address } } } pageInfo { hasNextPage endCursor } } } ... on Problem { code message } } } }`,
            { first, after },
          )
        ).circuit.paths
      const whole = await page(1000, null)
      expect(whole.paths.edges).toHaveLength(Number(whole.totalCount))
      expect(whole.coveredMass).toBe(1)
      const collected: unknown[] = []
      for (let after: string | null = null, more = true; more; ) {
        const part = await page(3, after)
        collected.push(...part.paths.edges.map((edge) => edge.node))
        after = part.paths.pageInfo.endCursor
        more = part.paths.pageInfo.hasNextPage
      }
      expect(collected).toEqual(whole.paths.edges.map((edge) => edge.node))
      const products = whole.paths.edges.map((edge) => Math.abs(edge.node.product))
      expect(products).toEqual([...products].sort((a, b) => b - a))
    })
    it('hands out subcircuits that another process resolves by id', async () => {
      const select =
        'select(expression: { pipe: [{ upstreamOf: { of: { addresses: ["feature(2/3)@3"] }, hops: 1 } }, { nodes: { kind: { eq: FEATURE } } }] })'
      const { circuit } = await house.ask<{ circuit: { select: { id: string } } }>(
        `{ circuit(ref: { name: "attribution-example" }) { ${select} { id } } }`,
      )
      const { node } = await house.ask<{ node: unknown }>(
        'query($id: ID!) { node(id: $id) { ... on Subcircuit { nodes { nodes { address } } edges { nodes { weight } } } } }',
        { id: circuit.select.id },
      )
      // Its direct inputs among the features, and the links between them, as the file has them.
      const inputs = ['feature(0/4)@1', 'feature(1/7)@2', 'feature(1/9)@3', 'feature(2/3)@3']
      expect(node).toEqual({
        nodes: { nodes: inputs.map((address) => ({ address })) },
        edges: { nodes: [{ weight: 0.5 }, { weight: 2 }, { weight: 1 }] },
      })
    })
  })

  describe('bracket depth', () => {
    it('reaches the answer through a query: OV paths see only half of it', async () => {
      const { circuit } = await house.ask<{
        circuit: {
          ov: { totalCount: string; hiddenControlPaths: string }
          all: { totalCount: string }
          upstream: { nodes: { totalCount: number } }
        }
      }>(
        `{ circuit(ref: { name: "bracket-depth" }) {
          ov: paths { ... on PathAnswer { totalCount hiddenControlPaths } }
          all: paths(links: { attention: OV_AND_QK }) { ... on PathAnswer { totalCount } }
          upstream: select(expression: { upstreamOf: { of: { addresses: ["1.attn.resid_delta[2]"] } } }) { nodes { totalCount } } } }`,
      )
      expect(circuit.upstream.nodes.totalCount).toBe(8)
      expect(BigInt(circuit.ov.hiddenControlPaths)).toBeGreaterThan(0n)
      expect(Number(circuit.all.totalCount)).toBeGreaterThan(Number(circuit.ov.totalCount))
    })
  })
})

/** What tokens do, asked through the schema with every method and baseline, against runs of other prompts and by their sums. */
import { openHouse, type TestHouse } from '../support/house.js'

const TOKENS = [4, 5, 2, 0, 6, 7, 8, 9, 10, 11]
const CORRUPT = [4, 5, 2, 1, 6, 7, 8, 9, 10, 11]
const onPrompts = (...prompts: (readonly number[])[]): string =>
  `on: { prompts: [${prompts.map((tokens) => `{ prompt: { tokens: [${tokens}] } target: 0 alternative: 1 }`).join(' ')}] }`
const PAIR = `on: { pairs: [{ clean: { tokens: [${TOKENS}] } corrupt: { tokens: [${CORRUPT}] } target: 0 alternative: 1 }] }`

const BASELINES = [
  '{ preset: ZERO }',
  '{ value: 0.5 }',
  '{ preset: MEAN }',
  '{ preset: MEAN_PER_POSITION }',
  '{ mean: { referenceSet: [[7, 9]] } }',
  '{ dataset: { seed: 3 } }',
  '{ corrupt: true }',
]
const METHODS = [
  '{ preset: GRADIENT_TIMES_ACTIVATION }',
  '{ attributionPatching: {} }',
  '{ attributionPatching: { gradDrop: true } }',
  '{ integratedGradients: { steps: 16 } }',
  '{ preset: DEEP_LIFT }',
  '{ preset: DIRECT_LOGIT }',
  '{ preset: EXACT_ABLATION }',
  '{ shapley: {} }',
]

interface Attribution {
  readonly code?: string
  readonly message?: string
  readonly path?: string
  readonly value: number
  readonly replacedValue: number | null
  readonly baselineReference: { readonly tokens: number } | null
  readonly columns: { readonly label: readonly string[]; readonly score: readonly number[] }
  readonly cuts: readonly {
    readonly site: string
    readonly sum: number
    readonly trueDifference: number
    readonly gap: number
  }[]
  readonly check: {
    readonly rows: readonly { readonly label: string; readonly effect: number; readonly score: number }[]
  }
}

describe('attribution of tokens', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
  }, 60_000)
  afterAll(() => house.close())

  const ask = async (input: string, metric = 'preset: LOGIT_DIFFERENCE'): Promise<Attribution> => {
    const { circuit } = await house.ask<{ circuit: { attribute: Attribution } }>(
      `{ circuit(ref: { name: "string-closing" }) { attribute(input: { of: TOKENS metric: { ${metric} } ${input} }) {
        ... on Problem { code message path }
        ... on AttributionAnswer { value replacedValue baselineReference { tokens } columns { label score }
          cuts { site sum trueDifference gap } check(top: 2, sample: 2) { ... on AttributionCheck { rows { label score effect } } } } } } }`,
    )
    return circuit.attribute
  }
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

  it.each(BASELINES)('is answered by every method against %s', async (baseline) => {
    const exact = await ask(`method: { preset: EXACT_ABLATION } baseline: ${baseline} ${PAIR}`)
    for (const method of METHODS) {
      const answer = await ask(`method: ${method} baseline: ${baseline} ${PAIR}`)
      expect(answer.columns.label).toEqual(TOKENS.map((_, position) => `position ${position}`))
      expect(answer.columns.score.every(Number.isFinite)).toBe(true)
      expect(answer.value).toBeCloseTo(exact.value, 12)
      // Whatever the method, its check ablates the same rows.
      for (const { label, effect } of answer.check.rows)
        expect(effect).toBeCloseTo(exact.columns.score[exact.columns.label.indexOf(label)]!, 10)
    }
  })

  it.each(BASELINES)('adds up to the difference of two runs against %s', async (baseline) => {
    const shapley = await ask(`method: { shapley: {} } baseline: ${baseline} ${PAIR}`)
    // Rows of one value take out the loud channel that holds this model's norms still; in between logits are 10⁸ large.
    const isLoud = !/ZERO|value/.test(baseline)
    expect(sum(shapley.columns.score)).toBeCloseTo(shapley.replacedValue! - shapley.value, isLoud ? 9 : 6)
    const lift = await ask(`method: { preset: DEEP_LIFT } baseline: ${baseline} ${PAIR}`)
    expect(lift.cuts).toMatchObject([{ site: 'input' }])
    expect(lift.cuts[0]!.trueDifference).toBeCloseTo(shapley.replacedValue! - shapley.value, 9)
    if (isLoud) expect(lift.cuts[0]!.gap).toBeCloseTo(0, 6)
  })

  it('by exact ablation is the difference of two runs: with another token, and without', async () => {
    const other = 9
    const answer = await ask(
      `method: { preset: EXACT_ABLATION } baseline: { mean: { referenceSet: [[${other}]] } } ${onPrompts(TOKENS)}`,
    )
    for (const position of [1, 3, 6]) {
      const changed = TOKENS.map((token, t) => (t === position ? other : token))
      const { value } = await ask(`method: { preset: EXACT_ABLATION } ${onPrompts(changed)}`)
      expect(answer.columns.score[position]).toBeCloseTo(value - answer.value, 12)
    }
    // The quote is what the circuit closes: without it nothing is left of the lead.
    expect(answer.value + answer.columns.score[3]!).toBeCloseTo(0, 8)
  })

  it('says which text a mean row was taken over', async () => {
    const given = await ask(
      `method: { preset: EXACT_ABLATION } baseline: { mean: { referenceSet: [[7, 9], [3]] } } ${PAIR}`,
    )
    expect(given.baselineReference).toEqual({ tokens: 3 })
  })

  it('compares whole distributions with those of the prompt itself', async () => {
    const answer = await ask(
      `method: { preset: EXACT_ABLATION } baseline: { corrupt: true } ${PAIR}`,
      'preset: KL_DIVERGENCE',
    )
    expect(answer.value).toBe(0)
    expect(answer.columns.score[3]).toBeGreaterThan(1)
    expect(answer.columns.score[4]).toBe(0)
  })

  it('adds up over prompts of several lengths, where a short one lacks the last positions', async () => {
    const both = onPrompts(TOKENS, TOKENS.slice(0, 5))
    const lift = await ask(`method: { preset: DEEP_LIFT } baseline: { preset: MEAN } ${both}`)
    expect(sum(lift.columns.score)).toBeCloseTo(lift.cuts[0]!.trueDifference, 6)
    const shapley = await ask(`method: { shapley: {} } baseline: { preset: MEAN } ${both}`)
    expect(sum(shapley.columns.score)).toBeCloseTo(lift.cuts[0]!.trueDifference, 6)
  })

  it.each([
    ['method: { preset: EDGE_ATTRIBUTION_PATCHING }', 'EDGE_ATTRIBUTION_PATCHING scores edges', 'input.of'],
    ['method: { edgeIntegratedGradients: {} }', 'EDGE_INTEGRATED_GRADIENTS scores edges', 'input.of'],
    [
      'method: { attributionPatching: { qkFix: true } }',
      'qkFix computes the softmax anew for a query or a key, and a token is neither',
      'input.method.attributionPatching.qkFix',
    ],
    [
      'method: { preset: EXACT_ABLATION } nodes: { where: {} }',
      'tokens are positions of the input and no nodes: leave nodes out',
      'input.nodes',
    ],
    [
      'method: { preset: EXACT_ABLATION } baseline: { preset: OPTIMAL_CONSTANT }',
      'OPTIMAL_CONSTANT is fitted to what an ablation replaces, and this question is none',
      'input.baseline',
    ],
  ])('refuses %s', async (input, message, path) => {
    expect(await ask(`${input} ${PAIR}`)).toEqual({ code: 'NOT_MEANINGFUL', message, path })
  })
})

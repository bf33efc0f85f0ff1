/** Attribution inside a circuit (`background: CIRCUIT`) against attribution in the model and against ablation. */
import { openHouse, type TestHouse } from '../support/house.js'

const DOUBLE = '[4, 5, 2, 0, 6, 7, 8, 9, 10, 11]'
const SINGLE = '[4, 5, 2, 1, 6, 7, 8, 9, 10, 11]'
const PAIR = `on: { pairs: [{ clean: { tokens: ${DOUBLE} }, corrupt: { tokens: ${SINGLE} }, target: 0, alternative: 1 }] }`
const DET = '0.attn.act_in[0]'
/** The circuit without the channel that finds the quote: it attends to all ten tokens alike, and leads by 3.2. */
const BLIND = `select(expression: { nodes: { NOT: { AND: [{ tap: { eq: ACT_IN } }, { index: { eq: 0 } }] } } })`

const METHODS: readonly (readonly [string, string])[] = [
  ['preset: GRADIENT_TIMES_ACTIVATION', ''],
  ['preset: GRADIENT_TIMES_ACTIVATION', 'of: EDGES'],
  ['preset: EXACT_ABLATION', ''],
  ['preset: EXACT_ABLATION', 'of: HEADS'],
  ['preset: EXACT_ABLATION', 'of: TOKENS baseline: { corrupt: true }'],
  ['preset: DEEP_LIFT', ''],
  ['preset: DIRECT_LOGIT', ''],
  ['attributionPatching: { qkFix: true }', ''],
  ['integratedGradients: { steps: 8 }', ''],
  ['edgeIntegratedGradients: { steps: 4 }', 'of: EDGES'],
  ['shapley: { permutations: 2 }', 'nodes: { where: { tap: { in: [V, RESID_DELTA] } } }'],
  ['preset: GRADIENT_TIMES_ACTIVATION', 'of: TOKENS baseline: { corrupt: true }'],
]

interface Answer {
  readonly code?: string
  readonly message?: string
  readonly signConvention: string
  readonly value: number
  readonly replacedValue: number | null
  readonly columns: { readonly label: readonly string[]; readonly score: readonly (number | null)[] }
  readonly cuts: readonly {
    readonly site: string
    readonly sum: number
    readonly trueDifference: number
    readonly gap: number
  }[]
  readonly check: { readonly rows?: readonly { readonly label: string; readonly effect: number }[] }
}

interface Ablation {
  readonly readings: readonly { readonly full: number; readonly effect: number }[]
  readonly rows: {
    readonly nodes: readonly {
      readonly label: string
      readonly readings: readonly { readonly effect: number }[]
    }[]
  }
}

describe('attribution inside a circuit', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
  }, 60_000)
  afterAll(() => house.close())

  const attribute = async (graph: string, input: string, circuit = 'string-closing'): Promise<Answer> => {
    const { circuit: found } = await house.ask<{ circuit: Record<string, { attribute: Answer }> }>(
      `{ circuit(ref: { name: "${circuit}" }) { ${graph} { attribute(input: { metric: { preset: LOGIT_DIFFERENCE } ${input} ${PAIR} }) {
        ... on Problem { code message }
        ... on AttributionAnswer { signConvention value replacedValue columns { label score } cuts { site sum trueDifference gap }
          check(top: 3, sample: 2) { ... on AttributionCheck { rows { label effect } } } } } } } }`,
    )
    return Object.values(found)[0]!.attribute
  }
  const ablate = async (graph: string, input: string) => {
    const { circuit } = await house.ask<{ circuit: Record<string, { ablate: Ablation }> }>(
      `{ circuit(ref: { name: "string-closing" }) { ${graph} { ablate(input: { metrics: [{ preset: LOGIT_DIFFERENCE }] background: CIRCUIT ${input} ${PAIR} }) {
        ... on AblationAnswer { readings { full ablated effect } rows(first: 100) { nodes { label readings { effect } } } } } } } }`,
    )
    return Object.values(circuit)[0]!.ablate
  }

  it.each(METHODS)('{%s} %s in everything there is, is attribution in the model', async (method, more) => {
    const whole = 'model { sparseModel'
    const asked = (background: string) =>
      house.ask<{ circuit: { model: { sparseModel: { attribute: Answer } } } }>(
        `{ circuit(ref: { name: "string-closing" }) { ${whole} { attribute(input: { metric: { preset: LOGIT_DIFFERENCE } method: { ${method} } ${more} ${background} ${PAIR} }) {
          ... on Problem { code message }
          ... on AttributionAnswer { value replacedValue columns { label score } cuts { site sum trueDifference gap } } } } } } }`,
      )
    const [model, circuit] = [await asked('background: MODEL'), await asked('background: CIRCUIT')]
    expect(model.circuit.model.sparseModel.attribute.columns.score.length).toBeGreaterThan(0)
    expect(circuit).toEqual(model)
    expect(await asked('')).toEqual(model)
  })

  it('starts from what the circuit alone does, which hand arithmetic knows', async () => {
    const exact = 'method: { preset: EXACT_ABLATION }'
    const inModel = await attribute(BLIND, exact)
    expect(inModel.value).toBeCloseTo(16, 8)
    expect(inModel.signConvention).toContain('full is the whole model')
    const alone = await attribute(BLIND, `${exact} background: CIRCUIT`)
    expect(alone.value).toBeCloseTo(3.2, 8)
    expect(alone.signConvention).toContain('full is the circuit alone')
    expect(alone.columns.label).not.toContain(DET)
    const score = Object.fromEntries(alone.columns.label.map((label, i) => [label, alone.columns.score[i]!]))
    // q and k find nothing any more, what is left of the lead hangs on type, v and write.
    expect(score['0.attn.q[0]']).toBeCloseTo(0, 8)
    expect(score['0.attn.k[0]']).toBeCloseTo(0, 8)
    expect(score['0.attn.act_in[1]']).toBeCloseTo(-3.2, 8)
    expect(score['0.attn.v[0]']).toBeCloseTo(-3.2, 8)
    expect(score['0.attn.resid_delta[2]']).toBeCloseTo(-3.2, 8)
  })

  it('by exact ablation is the sweep of an ablation with the same background', async () => {
    for (const baseline of ['{ preset: ZERO }', '{ preset: MEAN }', '{ corrupt: true }']) {
      const alone = await attribute(
        BLIND,
        `method: { preset: EXACT_ABLATION } baseline: ${baseline} background: CIRCUIT`,
      )
      const swept = await ablate(
        BLIND,
        `target: { nodes: { where: {} } } replacements: [${baseline}] sweep: { preset: EACH_NODE }`,
      )
      expect(alone.value).toBe(swept.readings[0]!.full)
      const effects = new Map(swept.rows.nodes.map(({ label, readings }) => [label, readings[0]!.effect]))
      for (const [i, label] of alone.columns.label.entries())
        expect(alone.columns.score[i]).toBeCloseTo(effects.get(label)!, 12)
      expect(alone.check.rows).toHaveLength(5)
      for (const { label, effect } of alone.check.rows!) expect(effect).toBeCloseTo(effects.get(label)!, 12)
    }
  })

  it('from gradients is checked, and cut by cut made true, in the same circuit', async () => {
    const alone = await attribute(
      BLIND,
      'method: { preset: GRADIENT_TIMES_ACTIVATION } baseline: { preset: MEAN } background: CIRCUIT',
    )
    expect(alone.cuts.map(({ site }) => site)).toContain('0.attn.v')
    for (const { site, trueDifference } of alone.cuts) {
      const [, tap] = site.split('0.attn.')
      const removed = await ablate(
        BLIND,
        `target: { nodes: { where: { tap: { eq: ${tap!.toUpperCase()} } } } } replacements: [{ preset: MEAN }]`,
      )
      expect(trueDifference).toBeCloseTo(removed.readings[0]!.effect, 10)
    }
    // v and write stand in a line to the logits: their gradients are their effects, up to the last norm.
    const v = alone.cuts.find(({ site }) => site === '0.attn.v')!
    expect(Math.abs(v.gap)).toBeLessThan(1e-6)
  })

  it('adds up as Shapley values do, and takes tokens out of the circuit alone', async () => {
    const shapley = await attribute(BLIND, 'method: { shapley: {} } background: CIRCUIT')
    expect(shapley.value).toBeCloseTo(3.2, 8)
    const sum = shapley.columns.score.reduce<number>((total, score) => total + score!, 0)
    expect(sum).toBeCloseTo(shapley.replacedValue! - shapley.value, 10)
    const tokens = await attribute(
      BLIND,
      'of: TOKENS method: { preset: EXACT_ABLATION } baseline: { corrupt: true } background: CIRCUIT',
    )
    const kept = await ablate(
      BLIND,
      'target: { nodes: { where: {} } } mode: KEEP_ONLY replacements: [{ corrupt: true }]',
    )
    expect(tokens.value).toBeCloseTo(kept.readings[0]!.full, 10)
    // The quote is the only token that differs; the lead turns round with it, whatever stands outside the circuit.
    const moved = tokens.columns.label.filter((_, i) => Math.abs(tokens.columns.score[i]!) > 1e-9)
    expect(moved).toEqual(['position 3'])
  })
})

/**
 * Questions about behaviour through the schema, on the hand-built string-closing circuit, whose README gives every
 * number: full 16; det, k, q at zero 3.2; type, v, write at zero 0.
 */
import { openHouse, type TestHouse } from '../support/house.js'

const DOUBLE = '[4, 5, 2, 0, 6, 7, 8, 9, 10, 11]'
const SINGLE = '[4, 5, 2, 1, 6, 7, 8, 9, 10, 11]'
const PROMPT = `on: { prompts: [{ prompt: { tokens: ${DOUBLE} }, target: 0, alternative: 1 }] }`
const PAIR = `on: { pairs: [{ clean: { tokens: ${DOUBLE} }, corrupt: { tokens: ${SINGLE} }, target: 0, alternative: 1 }] }`
const DIFFERENCE = 'metrics: [{ preset: LOGIT_DIFFERENCE }]'
const nodes = (...addresses: string[]): string =>
  `target: { nodes: { addresses: ${JSON.stringify(addresses)} } }`
const ALL = 'target: { nodes: { where: {} } }'
const DET = '0.attn.act_in[0]'
const TYPE = '0.attn.act_in[1]'
const [Q, K, V, WRITE] = ['0.attn.q[0]', '0.attn.k[0]', '0.attn.v[0]', '0.attn.resid_delta[2]']

interface Reading {
  readonly full: number
  readonly ablated: number
  readonly effect: number
  readonly importance: number | null
  readonly faithfulness: number | null
  readonly faithfulnessAboveChance: number | null
  readonly aboveChanceReason: string | null
  readonly sides: readonly { readonly side: string; readonly full: number; readonly ablated: number }[]
  readonly effectInterval: { readonly lower: number; readonly upper: number; readonly level: number } | null
  readonly ablatedPerExample: readonly number[]
}
interface Row {
  readonly kind: string
  readonly label: string
  readonly size: number
  readonly node: { readonly address: string } | null
  readonly edge: { readonly address: string } | null
  readonly readings: readonly Reading[]
  readonly interactions: readonly number[] | null
}
interface Ablation {
  readonly code?: string
  readonly message?: string
  readonly readings: readonly Reading[]
  readonly rows: { readonly nodes: readonly Row[]; readonly totalCount: number }
  readonly rankAgreement: readonly {
    readonly correlation: number | null
    readonly replacements: readonly string[]
  }[]
  readonly replacements: readonly {
    readonly name: string
    readonly reference: {
      readonly origin: string
      readonly tokens: number
      readonly axis: string
      readonly rules: string
    } | null
    readonly fits: readonly {
      readonly of: string
      readonly channels: number
      readonly before: number
      readonly after: number
      readonly converged: boolean
    }[]
  }[]
  readonly dataSet: { readonly id: string; readonly prompts: number; readonly examples: number }
}

describe('questions about behaviour', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
  }, 60_000)
  afterAll(() => house.close())

  const READING =
    'full ablated effect importance faithfulness faithfulnessAboveChance aboveChanceReason sides { side full ablated } effectInterval { lower upper level } ablatedPerExample'
  async function ablate(input: string, background = 'background: MODEL'): Promise<Ablation> {
    const { circuit } = await house.ask<{ circuit: { ablate: Ablation } }>(
      `{ circuit(ref: { name: "string-closing" }) { ablate(input: { ${input} ${background} }) {
        ... on Problem { code message }
        ... on AblationAnswer {
          readings { ${READING} }
          rows(first: 100) { totalCount nodes { kind label size node { address } edge { address } readings { ${READING} } interactions } }
          rankAgreement { correlation replacements }
          replacements { name reference { origin tokens axis rules } fits { of metric channels before after steps converged } }
          dataSet { id prompts examples }
        } } } }`,
    )
    return circuit.ablate
  }
  const effects = async (input: string): Promise<Record<string, number>> => {
    const { rows } = await ablate(input)
    return Object.fromEntries(rows.nodes.map(({ label, readings }) => [label, round(readings[0]!.effect)]))
  }
  const round = (value: number): number => Math.round(value * 1e8) / 1e8 + 0

  describe('ablation', () => {
    it('of pairs takes each side with its own answer, and gives both', async () => {
      const { readings, dataSet } = await ablate(`${nodes(TYPE)} ${PAIR} ${DIFFERENCE}`)
      expect(dataSet).toMatchObject({ prompts: 2, examples: 1 })
      const [reading] = readings
      expect(reading!.full).toBeCloseTo(16, 8)
      expect(reading!.sides.map(({ side, full, ablated }) => [side, round(full), round(ablated)])).toEqual([
        ['CLEAN', 16, 0],
        ['CORRUPT', 16, 0],
      ])
      expect(reading!.effectInterval).toBeNull()
      const clean = await ablate(`${nodes(TYPE)} ${PAIR} ${DIFFERENCE} sides: CLEAN`)
      expect(clean.readings[0]!.sides.map(({ side }) => side)).toEqual(['CLEAN'])
    })

    it('with the corrupt prompt flips what differs within the pair and misses what does not', async () => {
      const corrupt = `${PAIR} ${DIFFERENCE} replacements: [{ corrupt: true }]`
      expect((await ablate(`${nodes(TYPE)} ${corrupt}`)).readings[0]!.ablated).toBeCloseTo(-16, 8)
      expect((await ablate(`${nodes(DET)} ${corrupt}`)).readings[0]!.effect).toBeCloseTo(0, 8)
      const denoised = await ablate(`${nodes(TYPE)} ${corrupt} direction: DENOISING`)
      expect(denoised.readings[0]!.full).toBeCloseTo(-16, 8)
      expect(denoised.readings[0]!.ablated).toBeCloseTo(16, 8)
    })

    it('of edges lets one reader see the replacement of its source', async () => {
      const edges = (...addresses: string[]) =>
        `target: { edges: { addresses: ${JSON.stringify(addresses)} } }`
      const each = await effects(
        `target: { edges: { where: {} } } ${PROMPT} ${DIFFERENCE} sweep: { preset: EACH_EDGE }`,
      )
      expect(each).toEqual({ [`${DET}->${K}`]: -12.8, [`${TYPE}->${V}`]: -16, [`${V}->${WRITE}`]: -16 })
      const kept = await ablate(
        `${edges(`${DET}->${K}`, `${TYPE}->${V}`, `${V}->${WRITE}`)} mode: KEEP_ONLY ${PROMPT} ${DIFFERENCE}`,
      )
      expect(kept.readings[0]!.ablated).toBeCloseTo(16, 8)
      const written = await ablate(`${edges(`${WRITE}->final_resid[2]`)} ${PROMPT} ${DIFFERENCE}`)
      expect(written.readings[0]!.ablated).toBeCloseTo(0, 8)
      expect(await ablate(`${edges(`${DET}->${V}`)} ${PROMPT} ${DIFFERENCE}`)).toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringContaining('this graph has no edge'),
      })
    })

    it('sweeps over nodes, heads, layers and positions', async () => {
      const sweep = (preset: string, target = ALL) =>
        effects(`${target} ${PROMPT} ${DIFFERENCE} sweep: { preset: ${preset} }`)
      expect(await sweep('EACH_NODE')).toEqual({
        [DET]: -12.8,
        [TYPE]: -16,
        [Q!]: -12.8,
        [K!]: -12.8,
        [V!]: -16,
        [WRITE!]: -16,
      })
      expect(await sweep('EACH_HEAD')).toEqual({ 'head(0.0)': -16 })
      expect(await sweep('EACH_LAYER')).toEqual({ 'layer 0': -16 })
      const positions = await sweep('EACH_POSITION', nodes(TYPE))
      expect(positions).toEqual(
        Object.fromEntries(Array.from({ length: 10 }, (_, p) => [`position ${p}`, p === 3 ? -16 : 0])),
      )
      const both = await sweep('EACH_LAYER_AND_POSITION', nodes(TYPE))
      expect(both['layer 0, position 3']).toBe(-16)
    })

    it('finds that pairs in series interact and says by how much', async () => {
      const { rows } = await ablate(
        `${nodes(DET, TYPE, Q!)} ${PROMPT} ${DIFFERENCE} sweep: { preset: EACH_PAIR }`,
      )
      expect(rows.nodes.map(({ label, interactions }) => [label, round(interactions![0]!)])).toEqual([
        [`${DET} & ${TYPE}`, 16 - 3.2 - 0 + 0],
        [`${DET} & ${Q}`, round(16 - 3.2 - 3.2 + 3.2)],
        [`${TYPE} & ${Q}`, 16 - 0 - 3.2 + 0],
      ])
    })

    it('grows a set along a ranking, from either end', async () => {
      const ranking = JSON.stringify([V, TYPE, WRITE, Q, K, DET])
      const curve = async (order: string, sizes: string) =>
        (
          await ablate(
            `${ALL} mode: KEEP_ONLY ${PROMPT} ${DIFFERENCE} sweep: { cumulative: { ranking: ${ranking}, order: ${order}, sizes: ${sizes} } }`,
          )
        ).rows.nodes.map(({ size, readings }) => [size, round(readings[0]!.ablated)])
      expect(await curve('FIRST_TO_LAST', '[0, 3, 5, 6]')).toEqual([
        [0, 0],
        [3, 3.2],
        [5, 3.2],
        [6, 16],
      ])
      expect(await curve('LAST_TO_FIRST', '[3, 6]')).toEqual([
        [3, 0],
        [6, 16],
      ])
    })

    it('acts at chosen positions only', async () => {
      const at = async (positions: string) =>
        round(
          (await ablate(`${nodes(TYPE)} positions: ${positions} ${PROMPT} ${DIFFERENCE}`)).readings[0]!
            .effect,
        )
      expect(await at('{ indices: [3] }')).toBe(-16)
      expect(await at('{ indices: [0, 1, 2] }')).toBe(0)
      expect(await at('{ range: { from: 2, to: 5 } }')).toBe(-16)
      expect(await at('{ fromEnd: [6] }')).toBe(-16)
      expect(await at('{ tokenMatches: { texts: ["\\""] } }')).toBe(-16)
      expect(
        await ablate(`${nodes(TYPE)} positions: { indices: [99] } ${PROMPT} ${DIFFERENCE}`),
      ).toMatchObject({
        code: 'BAD_INPUT',
        message: 'no prompt has any of these positions',
      })
    })

    it('says how replacements agree and which text means were taken over', async () => {
      const { rankAgreement, replacements } = await ablate(
        `${ALL} ${PROMPT} ${DIFFERENCE} sweep: { preset: EACH_NODE } replacements: [{ preset: ZERO }, { preset: MEAN }]`,
      )
      expect(rankAgreement).toHaveLength(1)
      // Only q changes place: under its mean it is not needed at all.
      expect(rankAgreement[0]!.correlation).toBeGreaterThan(0.7)
      expect(rankAgreement[0]!.correlation).toBeLessThan(1)
      expect(replacements.map(({ name, reference }) => [name, reference?.axis ?? null])).toEqual([
        ['ZERO', null],
        ['MEAN', 'PER_CHANNEL'],
      ])
      expect(replacements[1]!.reference!.rules).toContain('the first included')
    })

    it('measures above chance only where chance is known', async () => {
      const loss = await ablate(
        `${nodes(TYPE)} ${PAIR} metrics: [{ preset: TASK_LOSS }, { preset: ACCURACY }]`,
      )
      const [taskLoss, accuracy] = loss.readings
      expect(taskLoss!.ablated).toBeCloseTo(Math.LN2, 8)
      expect(taskLoss!.faithfulnessAboveChance).toBeCloseTo(0, 8)
      expect(taskLoss!.importance).toBeCloseTo(Math.LN2 - Math.log1p(Math.exp(-16)), 8)
      expect(accuracy).toMatchObject({ full: 1, ablated: 0, faithfulnessAboveChance: null })
      expect(accuracy!.aboveChanceReason).toContain('TASK_LOSS')
    })

    it('draws an interval over examples once there are two', async () => {
      const on = `on: { prompts: [
        { prompt: { tokens: ${DOUBLE} }, target: 0, alternative: 1 },
        { prompt: { text: "x=(\\"a" }, target: 0, alternative: 1 }] }`
      const { readings } = await ablate(`${nodes(TYPE)} ${on} ${DIFFERENCE}`)
      const { lower, upper, level } = readings[0]!.effectInterval!
      expect(level).toBe(0.95)
      expect(lower).toBeCloseTo((-32 * 9) / 13, 8)
      expect(upper).toBeCloseTo(-16, 8)
      expect(readings[0]!.effect).toBeGreaterThan(lower)
    })

    it('inside the circuit alone gives what it gives in the model, since nothing else matters here', async () => {
      const inside = await ablate(
        `${nodes(DET)} ${PROMPT} ${DIFFERENCE} replacements: [{ preset: MEAN }]`,
        'background: CIRCUIT',
      )
      expect(inside.readings[0]!.full).toBeCloseTo(16, 8)
      expect(inside.readings[0]!.ablated).toBeCloseTo(3.2, 8)
    })

    it.each([
      ['EACH_HEAD', 'target: { edges: { where: {} } }', PROMPT, 'EACH_HEAD sweeps over nodes'],
      [
        'EACH_POSITION',
        ALL,
        'on: { prompts: [{ prompt: { tokens: [4] }, target: 0, alternative: 1 }, { prompt: { tokens: [4, 5] }, target: 0, alternative: 1 }] }',
        'needs prompts of one length',
      ],
    ])('refuses %s where it has no meaning', async (preset, target, on, message) => {
      expect(await ablate(`${target} ${on} ${DIFFERENCE} sweep: { preset: ${preset} }`)).toMatchObject({
        message: expect.stringContaining(message),
      })
    })

    describe('of paths', () => {
      const paths = (...given: (readonly string[])[]) => `target: { paths: ${JSON.stringify(given)} }`
      const copied = [TYPE, V!, WRITE!]
      const ask = async (input: string) => (await ablate(`${input} ${DIFFERENCE}`)).readings[0]!

      it('replaces what flows along them, and nothing else', async () => {
        expect((await ask(`${paths(copied)} ${PROMPT}`)).effect).toBeCloseTo(-16, 8)
        const embedded = paths(['embed[1]', ...copied, 'final_resid[2]', 'logits'])
        expect((await ask(`${embedded} ${PROMPT}`)).effect).toBeCloseTo(-16, 8)
        const corrupt = await ask(`${paths(copied)} ${PAIR} replacements: [{ corrupt: true }]`)
        expect(corrupt.ablated).toBeCloseTo(-16, 8)
        // The embedding tells the logits nothing directly.
        expect((await ask(`${paths(['embed[1]'])} ${PROMPT}`)).effect).toBeCloseTo(0, 8)
      })

      it('at chosen positions of their first channel', async () => {
        const at = async (position: number) =>
          (await ask(`${paths(copied)} ${PROMPT} positions: { indices: [${position}] }`)).effect
        expect(await at(3)).toBeCloseTo(-16, 8)
        expect(await at(4)).toBeCloseTo(0, 8)
      })

      it('keeps them alone, with patterns of the model unless said otherwise', async () => {
        const kept = `${paths(copied)} ${PROMPT} mode: KEEP_ONLY`
        const frozen = await ask(kept)
        expect(frozen.ablated).toBeCloseTo(16, 8)
        expect(frozen.faithfulness).toBeCloseTo(1, 8)
        // Live, q and k are replaced like everything else: the head looks everywhere alike.
        expect((await ask(`${kept} attention: LIVE`)).ablated).toBeCloseTo(3.2, 8)
      })

      it('one by one and together, which is no sum', async () => {
        const { readings, rows } = await ablate(
          `${paths(copied, [V!, WRITE!], [V!, WRITE!])} ${PROMPT} ${DIFFERENCE} sweep: { preset: EACH_PATH }`,
          'background: CIRCUIT',
        )
        expect(readings[0]!.effect).toBeCloseTo(-16, 8)
        expect(rows.nodes.map(({ kind, label, size }) => [kind, label, size])).toEqual([
          ['PATH', copied.join(' -> '), 3],
          ['PATH', `${V} -> ${WRITE}`, 2],
        ])
        for (const row of rows.nodes) expect(row.readings[0]!.effect).toBeCloseTo(-16, 8)
      })

      it.each([
        ['through a key', paths([DET, K!, WRITE!]), 'no path goes on from 0.attn.k[0]'],
        [
          'that leave the graph',
          paths(['0.mlp.post_act[0]', '0.mlp.resid_delta[4]']),
          'this graph has no node',
        ],
        ['of tokens', paths(['token(0)', TYPE]), 'token(0) is not a channel that a path can pass'],
        ['that are not there', 'target: { paths: [] }', 'the target has no path'],
        ['one edge at a time', `${paths(copied)} sweep: { preset: EACH_EDGE }`, 'TOGETHER or by EACH_PATH'],
        [
          'with optimal constants',
          `${paths(copied)} replacements: [{ preset: OPTIMAL_CONSTANT }]`,
          'not for paths',
        ],
        ['where there are none', `${nodes(TYPE)} sweep: { preset: EACH_PATH }`, 'the target has none'],
      ])('refuses paths %s', async (_, input, message) => {
        expect(await ablate(`${input} ${PROMPT} ${DIFFERENCE}`)).toMatchObject({
          message: expect.stringContaining(message),
        })
      })
    })

    describe('with optimal constants', () => {
      const asked = (double: boolean) =>
        `{ prompt: { tokens: ${double ? DOUBLE : SINGLE} }, target: ${double ? 0 : 1}, alternative: ${double ? 1 : 0} }`
      const on = (...doubles: boolean[]) => `{ prompts: [${doubles.map(asked).join()}] }`
      const LOSS = 'metrics: [{ preset: TASK_LOSS }]'
      const OPTIMAL = 'replacements: [{ preset: OPTIMAL_CONSTANT }]'
      // Fitted: three double quotes and one single; measured: two of each.
      const EIGHT = on(true, true, true, false, false, true, true, false)

      it('gives the log odds of the train half and measures them on the other half', async () => {
        const answer = await ablate(`${nodes(WRITE!)} on: ${EIGHT} ${LOSS} ${OPTIMAL}`)
        expect(answer.dataSet).toMatchObject({ prompts: 4, examples: 4 })
        // The write stands for 32 · y: the best constant says ln 3 whatever the prompt.
        expect(answer.readings[0]!.ablated).toBeCloseTo((Math.log(4 / 3) + Math.log(4)) / 2, 6)
        const [used] = answer.replacements
        expect(used).toMatchObject({
          name: 'OPTIMAL_CONSTANT',
          reference: { tokens: 40, origin: expect.stringContaining('every second example') },
        })
        const together = used!.fits.find(({ of }) => of === 'together')!
        expect(together).toMatchObject({ channels: 1, converged: true })
        expect(together.before).toBeCloseTo(Math.LN2, 8)
        expect(together.after).toBeCloseTo(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)), 8)
        // Nothing that is constant everywhere does better: the empty circuit is the same guess.
        expect(answer.readings[0]!.faithfulness).toBeCloseTo(0, 4)
      })

      it('finds what a mean that is too small for one prompt loses', async () => {
        const answer = await ablate(
          `${nodes(Q!)} on: ${on(true)} train: { pairs: [{ clean: { tokens: ${DOUBLE} }, corrupt: { tokens: ${SINGLE} }, target: 0, alternative: 1 }] } ${LOSS}
           replacements: [{ preset: MEAN }, { preset: OPTIMAL_CONSTANT }]`,
        )
        const [mean, optimal] = answer.readings
        expect(mean!.ablated).toBeCloseTo(Math.log1p(Math.exp(-16)), 12)
        // A larger query looks at the quote alone: y = 1.
        expect(optimal!.ablated).toBeLessThan(mean!.ablated / 10)
        expect(answer.replacements[1]!.reference!.origin).toContain('given with the question')
      })

      it('fits every row of a sweep by itself, on the circuit alone too', async () => {
        const { rows, replacements } = await ablate(
          `${nodes(TYPE, V!, WRITE!)} on: ${EIGHT} ${LOSS} ${OPTIMAL} sweep: { preset: EACH_NODE }`,
          'background: CIRCUIT',
        )
        expect(rows.nodes.map(({ readings }) => round(readings[0]!.ablated * 1e-3))).toEqual(
          Array(3).fill(round(((Math.log(4 / 3) + Math.log(4)) / 2) * 1e-3)),
        )
        expect(replacements[0]!.fits.map(({ of }) => of)).toEqual([
          'background',
          'empty',
          'together',
          TYPE,
          V,
          WRITE,
        ])
      })

      it.each([
        ['one example', `${nodes(TYPE)} on: ${on(true)} ${LOSS}`, 'give at least two'],
        [
          'a direction',
          `${nodes(TYPE)} on: ${EIGHT} metrics: [{ direction: "logit(0)-logit(1)" }]`,
          'neither better large nor small',
        ],
        ['edges', `target: { edges: { where: {} } } on: ${EIGHT} ${LOSS}`, 'not for edges'],
        [
          'a sweep that costs too much',
          `${ALL} on: { prompts: [${Array(220).fill('{ prompt: { text: "x=a" }, target: 0 }').join()}] } metrics: [{ preset: TASK_LOSS }, { preset: KL_DIVERGENCE }] sweep: { preset: EACH_PAIR }`,
          '46 fits of constants × 110 train prompts × 100 steps are 506000 runs',
        ],
      ])('refuses %s', async (_, input, message) => {
        expect(await ablate(`${input} ${OPTIMAL}`)).toMatchObject({
          message: expect.stringContaining(message),
        })
      })

      it('refuses train examples that nothing is fitted on', async () => {
        expect(await ablate(`${nodes(TYPE)} ${PROMPT} train: ${on(true)} ${LOSS}`)).toMatchObject({
          message: 'train examples are for OPTIMAL_CONSTANT, which was not asked for',
        })
      })
    })

    it('refuses corrupt replacements without pairs, and denoising too', async () => {
      const asked = `${nodes(TYPE)} ${PROMPT} ${DIFFERENCE}`
      expect(await ablate(`${asked} replacements: [{ corrupt: true }]`)).toMatchObject({ code: 'BAD_INPUT' })
      expect(await ablate(`${asked} direction: DENOISING`)).toMatchObject({ code: 'BAD_INPUT' })
    })
  })

  describe('tasks', () => {
    const TASK = 'on: { task: { ref: { name: "string-closing" }, first: 20 } }'

    it('are listed with their examples', async () => {
      const { tasks, task } = await house.ask<{
        tasks: { nodes: { name: string; source: string }[] }
        task: {
          id: string
          test: number
          examples: { nodes: { clean: string; target: string; roles: { positions: number[] }[] }[] }
        }
      }>(
        `{ tasks(language: CHARACTERS) { nodes { name source } } task(ref: { name: "string-closing@1" }) { id test examples(split: TEST, first: 3) { nodes { clean target roles { positions } } } } }`,
      )
      expect(tasks.nodes.map(({ name }) => name)).toContain('string-closing')
      expect(task.examples.nodes).toHaveLength(3)
      for (const { clean, target, roles } of task.examples.nodes) {
        expect(clean[3]).toBe(target)
        expect(roles[0]!.positions).toEqual([3])
      }
      const { node } = await house.ask<{ node: { name: string } }>(
        `query($id: ID!) { node(id: $id) { ... on Task { name } } }`,
        { id: task.id },
      )
      expect(node.name).toBe('string-closing')
    })

    it('are measured on held-out examples, both sides', async () => {
      const { readings, dataSet } = await ablate(
        `${nodes(TYPE)} ${TASK} metrics: [{ preset: TASK_LOSS }, { preset: ACCURACY }]`,
      )
      expect(dataSet).toMatchObject({ prompts: 40, examples: 20 })
      const [loss, accuracy] = readings
      expect(loss!.ablated).toBeCloseTo(Math.LN2, 8)
      expect(loss!.faithfulnessAboveChance).toBeCloseTo(0, 8)
      expect(accuracy!.full).toBe(1)
      const atRole = await ablate(`${nodes(TYPE)} ${TASK} ${DIFFERENCE} positions: { role: "quote" }`)
      expect(atRole.readings[0]!.ablated).toBeCloseTo(0, 8)
      expect(await ablate(`${nodes(TYPE)} ${TASK} ${DIFFERENCE} positions: { role: "verb" }`)).toMatchObject({
        message: 'these examples name no role "verb"; they name quote',
      })
    })

    it('that are not there, or ask another vocabulary, are refused by name', async () => {
      const missing = await ablate(`${nodes(TYPE)} on: { task: { ref: { name: "nowhere" } } } ${DIFFERENCE}`)
      expect(missing).toMatchObject({ code: 'NOT_FOUND', message: 'there is no task "nowhere"' })
      const other = await ablate(
        `${nodes(TYPE)} on: { task: { ref: { name: "set_or_string" } } } ${DIFFERENCE}`,
      )
      expect(other).toMatchObject({ code: 'BAD_INPUT' })
    })
  })

  describe('attribution', () => {
    interface Attribution {
      readonly code?: string
      readonly message?: string
      readonly value: number
      readonly steps: number | null
      readonly jumps: number | null
      readonly columns: { readonly label: readonly string[]; readonly score: readonly number[] }
      readonly cuts: readonly {
        readonly site: string
        readonly sum: number
        readonly gap: number
        readonly trueDifference: number
      }[]
      readonly check?: {
        readonly rankCorrelation: number | null
        readonly signAgreement: number
        readonly worst: string
        readonly rows: readonly { readonly label: string; readonly effect: number; readonly miss: number }[]
      }
    }
    async function attribute(method: string, more = '', on = PAIR, check = ''): Promise<Attribution> {
      const { circuit } = await house.ask<{ circuit: { attribute: Attribution } }>(
        `{ circuit(ref: { name: "string-closing" }) { attribute(input: { metric: { preset: LOGIT_DIFFERENCE } method: ${method} ${on} ${more} }) {
          ... on Problem { code message }
          ... on AttributionAnswer { value steps jumps columns { label score } cuts { site sum gap trueDifference } ${check} } } } }`,
      )
      return circuit.attribute
    }
    const byLabel = ({ columns }: Attribution): Record<string, number> =>
      Object.fromEntries(columns.label.map((label, i) => [label, round(columns.score[i]!)]))

    it('by exact ablation gives the effects of a sweep', async () => {
      expect(byLabel(await attribute('{ preset: EXACT_ABLATION }'))).toEqual({
        [DET]: -12.8,
        [TYPE]: -16,
        [Q!]: -12.8,
        [K!]: -12.8,
        [V!]: -16,
        [WRITE!]: -16,
      })
      const heads = await attribute('{ preset: EXACT_ABLATION }', 'of: HEADS')
      expect(byLabel(heads)).toEqual({ 'head(0.0)': -16 })
      const edges = await attribute('{ preset: EXACT_ABLATION }', 'of: EDGES')
      expect(byLabel(edges)[`${V}->${WRITE}`]).toBe(-16)
      const tokens = await attribute('{ preset: EXACT_ABLATION }', 'of: TOKENS baseline: { corrupt: true }')
      expect(byLabel(tokens)['position 3']).toBe(-32)
      expect(byLabel(tokens)['position 5']).toBe(0)
    })

    it('by Shapley values adds up over elements in series', async () => {
      const answer = await attribute('{ shapley: { permutations: 4 } }')
      const scores = byLabel(answer)
      const sum = Object.values(scores).reduce((a, b) => a + b, 0)
      expect(sum).toBeCloseTo(-16, 6)
      // type, v and write do the same, and so do det, q and k.
      expect(scores[TYPE]).toBeCloseTo(scores[V!]!, 7)
      expect(scores[DET]).toBeCloseTo(scores[K!]!, 7)
      expect(answer.cuts).toMatchObject([{ site: 'all elements' }])
      expect(answer.cuts[0]!.gap).toBeCloseTo(0, 8)
    })

    it.each([
      '{ preset: GRADIENT_TIMES_ACTIVATION }',
      '{ attributionPatching: { qkFix: true } }',
      '{ integratedGradients: { steps: 64 } }',
      '{ preset: DEEP_LIFT }',
    ])('by %s finds the whole effect at the value and the write', async (method) => {
      const baseline = method.includes('DEEP') ? 'baseline: { corrupt: true }' : ''
      const answer = await attribute(method, baseline)
      const whole = baseline === '' ? -16 : -32
      expect(byLabel(answer)[V!]).toBeCloseTo(whole, 5)
      expect(byLabel(answer)[WRITE!]).toBeCloseTo(whole, 5)
    })

    it('by direct logits sees what writes and nothing else', async () => {
      const scores = byLabel(await attribute('{ preset: DIRECT_LOGIT }'))
      expect(scores[WRITE!]).toBe(-16)
      expect(scores[V!]).toBe(-16)
      const { columns } = await attribute('{ preset: DIRECT_LOGIT }')
      expect(columns.score[columns.label.indexOf(DET)]).toBeNull()
    })

    it('of edges and tokens has gaps where they are defined', async () => {
      const edges = await attribute('{ preset: EDGE_ATTRIBUTION_PATCHING }', 'of: EDGES')
      expect(byLabel(edges)[`${V}->${WRITE}`]).toBeCloseTo(-16, 6)
      const smooth = await attribute(
        '{ edgeIntegratedGradients: { steps: 8, rule: GAUSS_LEGENDRE } }',
        'of: EDGES baseline: { corrupt: true }',
      )
      // Between two quotes the embedding is shorter, its norm larger: gradients there differ from those at either end.
      expect(byLabel(smooth)[`${TYPE}->${V}`]).toBeLessThan(-16)
      expect(smooth.steps).toBe(8)
      const tokens = await attribute(
        '{ integratedGradients: { rule: GAUSS_LEGENDRE } }',
        'of: TOKENS baseline: { corrupt: true }',
      )
      expect(tokens.cuts[0]).toMatchObject({ site: 'input' })
      expect(Math.abs(tokens.cuts[0]!.gap)).toBeLessThan(0.01 * 32)
    })

    it('can be checked against exact ablation', async () => {
      const { check } = await attribute(
        '{ preset: GRADIENT_TIMES_ACTIVATION }',
        '',
        PAIR,
        'check(top: 2, sample: 2, seed: 1) { ... on AttributionCheck { rankCorrelation signAgreement worst rows { label effect miss } } ... on Problem { message } }',
      )
      expect(check!.rows).toHaveLength(4)
      for (const { label, effect } of check!.rows)
        expect(round(effect)).toBe([DET, Q, K].includes(label) ? -12.8 : -16)
      expect(check!.rows.map(({ label }) => label)).toContain(check!.worst)
    })

    it('refuses what a method does not score', async () => {
      expect(await attribute('{ preset: DEEP_LIFT }', 'of: EDGES')).toMatchObject({
        code: 'NOT_MEANINGFUL',
        message: 'DEEP_LIFT scores nodes',
      })
      expect(await attribute('{ preset: EDGE_ATTRIBUTION_PATCHING }')).toMatchObject({
        message: 'EDGE_ATTRIBUTION_PATCHING scores edges',
      })
      expect(await attribute('{ integratedGradients: { steps: 1000 } }')).toMatchObject({ code: 'BAD_INPUT' })
    })
  })

  describe('faithfulness', () => {
    interface Faithfulness {
      readonly code?: string
      readonly message?: string
      readonly sentence: string
      readonly verdict: string
      readonly reasons: readonly string[]
      readonly flags: readonly string[]
      readonly nodes: number
      readonly universeSize: number
      readonly heldOut: boolean
      readonly replacement: { readonly name: string }
      readonly sufficiency: {
        readonly aboveChance: number
        readonly againstEmpty: number
        readonly divergence: number
        readonly interval: { readonly lower: number }
      }
      readonly necessity: { readonly aboveChance: number; readonly loss: number }
      readonly random: { readonly draws: number; readonly losses: readonly number[]; readonly mean: number }
      readonly completeness: { readonly incompleteness: readonly number[] }
      readonly minimality: readonly { readonly address: string; readonly change: number }[]
      readonly curve: {
        readonly ranking: string
        readonly points: readonly { readonly items: number; readonly againstEmpty: number }[]
        readonly areas: { readonly cpr: number; readonly cmd: number }
      }
      readonly controls: readonly {
        readonly name: string
        readonly finding: string
        readonly passed: boolean | null
      }[]
    }
    async function faithfulness(circuit: string, input: string): Promise<Faithfulness> {
      const answer = await house.ask<{ circuit: { faithfulness: Faithfulness } }>(
        `{ circuit(ref: { name: "${circuit}" }) { faithfulness(input: { ${input} }) {
          ... on Problem { code message }
          ... on FaithfulnessAnswer {
            sentence verdict reasons flags nodes universeSize heldOut replacement { name }
            sufficiency { aboveChance againstEmpty divergence interval { lower } } necessity { aboveChance loss }
            random { draws losses mean } completeness { incompleteness } minimality { address change }
            curve { ranking points { items againstEmpty } areas { cpr cmd } }
            controls { name finding passed }
          } } } }`,
      )
      return answer.circuit.faithfulness
    }

    it('of the string-closing circuit is whole, and says so on held-out pairs of its own task', async () => {
      const answer = await faithfulness('string-closing', 'randomDraws: 10')
      expect(answer).toMatchObject({ nodes: 6, heldOut: true, replacement: { name: 'MEAN' }, flags: [] })
      expect(answer.sufficiency.aboveChance).toBeCloseTo(1, 8)
      expect(answer.sufficiency.againstEmpty).toBeCloseTo(1, 8)
      expect(answer.sufficiency.divergence).toBeGreaterThanOrEqual(0)
      expect(answer.sufficiency.interval.lower).toBeCloseTo(1, 6)
      expect(answer.necessity.loss).toBeCloseTo(Math.LN2, 8)
      expect(answer.random.losses).toHaveLength(10)
      expect(answer.sentence).toMatch(
        /^measured above chance on \d+ held-out pairs: keeps 100 % of the behaviour, removing it destroys 100 %, 10 size-matched random circuits keep -?\d+ %$/,
      )
    })

    it('gives the curve over size with CPR and CMD, and what each node is needed for', async () => {
      const { curve, minimality, completeness } = await faithfulness('string-closing', '')
      expect(curve.points.map(({ items }) => items)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 3, 6])
      expect(curve.points[0]!.againstEmpty).toBeCloseTo(0, 8)
      expect(curve.points.at(-1)!.againstEmpty).toBeCloseTo(1, 8)
      expect(curve.areas.cpr + curve.areas.cmd).toBeCloseTo(0.999, 6)
      // Under means the constant q is not needed (README); every other node is.
      const idle = minimality.filter(({ change }) => change < 1e-8).map(({ address }) => address)
      expect(idle).toEqual([Q])
      expect(completeness.incompleteness.every((gap) => gap < 1e-6)).toBe(true)
      const wide = await faithfulness('string-closing', 'universe: MODEL grid: [0, 0.5, 1]')
      expect(wide.curve.points[2]!.items).toBe(wide.universeSize)
      expect(wide.curve.points[2]!.againstEmpty).toBeCloseTo(1, 10)
      expect(wide.curve.ranking).toContain('training examples')
    })

    it('names every control, and supports nothing that was not put to the test', async () => {
      const plain = await faithfulness('string-closing', '')
      expect(plain.verdict).toBe('UNSUPPORTED')
      expect(plain.reasons).toEqual(['controls of size were not asked for (controls: true)'])
      const names = plain.controls.map(({ name }) => name)
      for (const name of [
        'AGREEMENT',
        'REPLACED_BY_ZERO_NORMS_LIVE',
        'REPLACED_BY_CORRUPT_NORMS_FROZEN',
        'COMPLEMENT_HALVES',
        'ADVERSARIAL_SUBSET',
        'INTERCHANGE_OTHER_TEMPLATES',
        'INTERCHANGE_OFF_DISTRIBUTION',
        'RANDOM_CIRCUITS',
      ])
        expect(names).toContain(name)
      const tested = await faithfulness('string-closing', 'controls: true')
      for (const name of ['SHUFFLED_LABELS', 'NONSENSE_PAIRS', 'PERMUTED_WEIGHTS']) {
        const control = tested.controls.find((found) => found.name === name)!
        expect(control.finding).toContain('channels on the task')
        expect(control.passed).toBe(true)
      }
      expect(tested).toMatchObject({ verdict: 'SUPPORTED', reasons: [] })
    })

    it('lets values of other prompts into the circuit, and sees whether they move it as they move the model', async () => {
      const exchanged = async (select: string) =>
        (
          await house.ask<{
            circuit: {
              graph: {
                faithfulness: {
                  interchanges: {
                    prompts: string
                    recipients: number
                    parts: number
                    modelMove: number
                    missed: number
                    explained: number
                  }[]
                  controls: { name: string; passed: boolean | null; finding: string }[]
                }
              }
            }
          }>(
            `{ circuit(ref: { name: "string-closing" }) { graph: select(expression: ${select}) { faithfulness(input: { randomDraws: 0 }) {
              ... on FaithfulnessAnswer { interchanges { prompts recipients parts modelMove missed explained } controls { name passed finding } } } } } }`,
          )
        ).circuit.graph.faithfulness
      const whole = await exchanged('{ nodes: {} }')
      expect(whole.interchanges.map(({ prompts }) => prompts)).toEqual([
        'OTHER_TEMPLATES',
        'OFF_DISTRIBUTION',
      ])
      for (const { modelMove, missed, explained, parts, recipients } of whole.interchanges) {
        expect(modelMove).toBeGreaterThan(0.1)
        expect(missed).toBeLessThan(1e-6)
        expect(explained).toBeCloseTo(1, 9)
        expect(parts).toBe(5)
        expect(recipients).toBe(32)
      }
      const verdicts = whole.controls.filter(({ name }) => name.startsWith('INTERCHANGE'))
      expect(verdicts.map(({ passed }) => passed)).toEqual([true, true])
      expect(verdicts[0]!.finding).toContain('100 % of the moves explained')
      // Without its v the circuit says nothing whatever it is given, so it follows none of the moves.
      const mute = await exchanged('{ nodes: { NOT: { tap: { eq: V } } } }')
      for (const { explained, missed, modelMove } of mute.interchanges) {
        expect(explained).toBeLessThan(0.5)
        expect(missed).toBeLessThanOrEqual(modelMove + 1e-9)
      }
    })

    it('is the same question, the same numbers', async () => {
      const [a, b] = [
        await faithfulness('bracket-depth', 'seed: 4'),
        await faithfulness('bracket-depth', 'seed: 4'),
      ]
      expect(a).toEqual(b)
      expect(a.sufficiency.aboveChance).toBeGreaterThan(0.99)
    })

    it('needs two answers and a task or pairs', async () => {
      expect(await faithfulness('string-closing', PROMPT)).toMatchObject({ code: 'BAD_INPUT' })
      expect(await faithfulness('string-closing', 'grid: [0.5, 0.2]')).toMatchObject({
        message: 'a grid ascends from 0 to 1, and its number 1 is 0.2',
      })
      expect(await faithfulness('attribution-example', PAIR)).toMatchObject({ code: 'MODEL_NOT_AT_HAND' })
    })
  })

  describe('a run', () => {
    interface Run {
      readonly code?: string
      readonly message?: string
      readonly next: readonly { readonly text: string; readonly logit: number }[]
      readonly activations: readonly { readonly values: readonly number[] }[]
      readonly generated: readonly { readonly text: string; readonly logProbability: number }[]
    }
    async function run(more: string): Promise<Run> {
      const { circuit } = await house.ask<{ circuit: { run: Run } }>(
        `{ circuit(ref: { name: "string-closing" }) { run(input: { prompt: { tokens: ${DOUBLE} }, top: 1, activations: ["0.attn.v[0]"] ${more} }) {
          ... on Problem { code message } ... on RunAnswer { next { text logit } activations { values } generated { text logProbability } } } } }`,
      )
      return circuit.run
    }

    it.each([
      ['set: -1', "'", -1],
      ['add: -2', "'", -1],
      ['scale: -1', "'", -1],
      ['clamp: { least: -5, most: -1 }', "'", -1],
      ['scale: 1', '"', 1],
    ])('with {%s} on the type at the quote answers %s', async (change, answer, value) => {
      const { next, activations } = await run(
        `interventions: [{ address: "${TYPE}", positions: { indices: [3] }, change: { ${change} } }]`,
      )
      expect(next[0]!.text).toBe(answer)
      expect(activations[0]!.values[3]).toBeCloseTo(value, 8)
    })

    it('lets interventions act one after another, on nodes by filter too', async () => {
      const { activations } = await run(
        `interventions: [
          { nodes: { addresses: ["${V}"] }, positions: { indices: [3] }, change: { add: 2 } },
          { nodes: { addresses: ["${V}"] }, positions: { indices: [3] }, change: { scale: 10 } },
          { address: "${V}", positions: { fromEnd: [0] }, change: { replacement: { value: 7 } } }]`,
      )
      expect(activations[0]!.values[3]).toBeCloseTo(30, 8)
      expect(activations[0]!.values[9]).toBe(7)
    })

    it('generates, most probable first or drawn by seed', async () => {
      const { generated } = await run('generate: { length: 3 }')
      expect(generated).toHaveLength(3)
      expect(generated[0]!.text).toBe('"')
      expect(generated[0]!.logProbability).toBeLessThan(0)
      const drawn = await run('generate: { length: 5, temperature: 3, seed: 7 }')
      expect(await run('generate: { length: 5, temperature: 3, seed: 7 }')).toEqual(drawn)
      expect(await run('generate: { length: 500 }')).toMatchObject({ code: 'BAD_INPUT' })
    })

    it('needs exactly one place per intervention', async () => {
      expect(await run('interventions: [{ change: { set: 1 } }]')).toMatchObject({
        code: 'BAD_INPUT',
        message: 'input.interventions[0] needs exactly one of address and nodes',
      })
    })
  })
})

/**
 * Questions about behaviour on graphs whose model is not at hand, through the schema: for each meaning of edges what it
 * supports, by hand arithmetic, and what it refuses, with the reason (semantics.md §1).
 *
 * One small world in several meanings: token(1)@0 → f0 → f1 → both logits, f0 → logit(5), token(2)@1 → f1.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CircuitDraft } from '../../src/domain/build-circuit.js'
import type { EdgeMeaning } from '../../src/domain/edge-meaning.js'
import { writeCircuitJson } from '../../src/formats/circuitql-json/write-circuit-json.js'
import { openHouse, type TestHouse } from '../support/house.js'
import { attributionGraph } from '../support/tiny-graph.js'

const [T1, T2, F0, F1, L5, L7] = [
  'token(1)@0',
  'token(2)@1',
  'feature(0/1)@0',
  'feature(1/2)@1',
  'logit(5)@1',
  'logit(7)@1',
] as const
const NODES = [
  T1,
  T2,
  { address: F0, activation: 2 },
  { address: F1, activation: 4 },
  { address: L5, probability: 0.6 },
  { address: L7, probability: 0.3 },
]
const LINKS = [
  [T1, F0, 3],
  [T2, F1, 1],
  [F0, F1, 2],
  [F0, L5, 1],
  [F1, L5, 6],
  [F1, L7, 2],
] as const

function world(edgeMeaning: EdgeMeaning, changes: Partial<CircuitDraft> = {}) {
  // Derivatives of the same network: contributions divided by the activation of their source; tokens have none here.
  const clean = new Map<string, number>([
    [F0, 2],
    [F1, 4],
  ])
  const links = LINKS.map(
    ([s, t, w]) => [s, t, edgeMeaning === 'DERIVATIVE' ? w / (clean.get(s) ?? 1) : w] as const,
  )
  return attributionGraph(NODES, links, {
    edgeMeaning,
    prompt: {
      text: 'ab',
      tokens: [
        { id: 1, text: 'a' },
        { id: 2, text: 'b' },
      ],
    },
    ...changes,
  })
}

/** input → head → mlp → logits, and every skip of one. */
const COMPONENTS = attributionGraph(
  ['input', 'head(0.1)', 'mlp(0)', 'logits'],
  [
    ['input', 'head(0.1)', 0.5],
    ['input', 'mlp(0)', 0.25],
    ['head(0.1)', 'mlp(0)', -1],
    ['head(0.1)', 'logits', 2],
    ['mlp(0)', 'logits', 1],
  ],
  { source: 'COMPONENT_GRAPH', edgeMeaning: 'EFFECT_SCORE', prompt: null },
)

interface Problem {
  readonly code?: string
  readonly message?: string
  readonly path?: string
  readonly hint?: string
}
interface Reading {
  readonly replacement: string
  readonly effect: number | null
  readonly importance: number | null
  readonly faithfulness: number | null
  readonly reason: string | null
}
interface Ablation extends Problem {
  readonly basis: string
  readonly level: string
  readonly readings: readonly Reading[]
  readonly rows: {
    readonly nodes: readonly {
      readonly label: string
      readonly kind: string
      readonly size: number
      readonly edge: { readonly address: string } | null
      readonly readings: readonly Reading[]
      readonly interactions: readonly (number | null)[] | null
    }[]
  }
  readonly rankAgreement: readonly { readonly correlation: number | null }[]
}
interface Attribution extends Problem {
  readonly basis: string
  readonly method: string
  readonly signConvention: string
  readonly scores: {
    readonly nodes: readonly {
      readonly label: string
      readonly score: number | null
      readonly absSum: number | null
      readonly reason: string | null
    }[]
  }
}
interface Run extends Problem {
  readonly basis: string
  readonly next: readonly unknown[]
  readonly lossReason: string
  readonly tokens: readonly { readonly text: string }[]
  readonly changes: readonly {
    readonly node: { readonly address: string }
    readonly before: number | null
    readonly change: number | null
    readonly reason: string | null
  }[]
}

const LOGIT = 'metrics: [{ direction: "logit(5)" }]'
const ALLOWED = 'allowEstimate: true'
const nodes = (...addresses: string[]) => `target: { nodes: { addresses: ${JSON.stringify(addresses)} } }`
const edges = (...addresses: string[]) => `target: { edges: { addresses: ${JSON.stringify(addresses)} } }`
const FEATURES = 'target: { nodes: { where: { kind: { eq: FEATURE } } } }'

describe('graphs without a model', () => {
  let house: TestHouse
  const ids = new Map<string, string>()
  beforeAll(async () => {
    house = await openHouse()
    const folder = await mkdtemp(join(tmpdir(), 'circuitql-worlds-'))
    const worlds = {
      SCALED_CONTRIBUTION: world('SCALED_CONTRIBUTION'),
      DERIVATIVE: world('DERIVATIVE'),
      WEIGHT: world('WEIGHT'),
      UNSIGNED_IMPORTANCE: world('UNSIGNED_IMPORTANCE'),
      EFFECT_SCORE: COMPONENTS,
    }
    for (const [name, circuit] of Object.entries(worlds)) {
      const path = join(folder, `${name}.json`)
      await writeFile(path, writeCircuitJson(circuit))
      ids.set(name, (await house.importFile(path)).circuits[0]!)
    }
    await rm(folder, { recursive: true })
  }, 60_000)
  afterAll(() => house.close())

  const PROBLEM = '... on Problem { code message path hint }'
  const question = async <Answer>(meaning: string, field: string): Promise<Answer> => {
    const { circuit } = await house.ask<{ circuit: { answer: Answer } }>(
      `query($id: ID!) { circuit(ref: { id: $id }) { answer: ${field} } }`,
      { id: ids.get(meaning) },
    )
    return circuit.answer
  }
  const READING = 'replacement effect importance faithfulness reason'
  const ablate = (input: string, meaning = 'SCALED_CONTRIBUTION', allowed = ALLOWED) =>
    question<Ablation>(
      meaning,
      `ablate(input: { ${input} ${allowed} }) { ${PROBLEM} ... on AblationAnswer { basis level
        readings { ${READING} }
        rows(first: 100) { nodes { label kind size edge { address } readings { ${READING} } interactions } }
        rankAgreement { correlation } } }`,
    )
  const effect = async (input: string, meaning?: string): Promise<number | null> =>
    (await ablate(`${input} ${LOGIT}`, meaning)).readings[0]!.effect
  const rows = async (input: string, meaning?: string) =>
    Object.fromEntries(
      (await ablate(`${input} ${LOGIT}`, meaning)).rows.nodes.map(({ label, readings }) => [
        label,
        readings[0]!.effect,
      ]),
    )
  const attribute = (input: string, meaning = 'SCALED_CONTRIBUTION', allowed = ALLOWED) =>
    question<Attribution>(
      meaning,
      `attribute(input: { metric: { direction: "logit(5)" } ${input} ${allowed} }) { ${PROBLEM} ... on AttributionAnswer {
        basis method signConvention scores(first: 100) { nodes { label score absSum reason } } } }`,
    )
  const scores = async (input: string, meaning?: string) =>
    Object.fromEntries(
      (await attribute(input, meaning)).scores.nodes.map(({ label, score }) => [label, score]),
    )
  const run = (input: string, meaning = 'SCALED_CONTRIBUTION', allowed = ALLOWED) =>
    question<Run>(
      meaning,
      `run(input: { ${input} ${allowed} }) { ${PROBLEM} ... on RunAnswer { basis lossReason tokens { text } next { id }
        changes { node { address } before change reason } } }`,
    )
  const changes = async (interventions: string, meaning?: string, more = '') =>
    Object.fromEntries(
      (await run(`interventions: [${interventions}] ${more}`, meaning)).changes.map(({ node, change }) => [
        node.address,
        change,
      ]),
    )
  const at = (address: string, change: string) => `{ address: "${address}", change: { ${change} } }`

  describe('contributions (attribution graphs)', () => {
    it('removes nodes and sets of nodes', async () => {
      const answer = await ablate(`${nodes(F0)} ${LOGIT}`)
      expect(answer).toMatchObject({ basis: 'GRAPH_ESTIMATE', level: 'ATTRIBUTION' })
      // 1 directly and ½ · 6 over f1.
      expect(answer.readings[0]).toMatchObject({ effect: -4, importance: null })
      expect(await effect(nodes(F0, F1))).toBe(-7)
      expect(await effect(nodes(T1))).toBe(-6)
      const difference = await ablate(`${nodes(F0)} metrics: [{ preset: LOGIT_DIFFERENCE }]`)
      expect(difference.readings[0]).toMatchObject({ effect: -3, importance: 3 })
    })

    it('scores subgraphs: what KEEP_ONLY loses, as a share of what nothing at all loses', async () => {
      const kept = await ablate(`${nodes(F1)} mode: KEEP_ONLY ${LOGIT}`)
      expect(kept.readings[0]!.effect).toBe(-4)
      expect(kept.readings[0]!.faithfulness).toBeCloseTo(1 - 4 / 7, 12)
      const all = await ablate(`${FEATURES} mode: KEEP_ONLY ${LOGIT}`)
      expect(all.readings[0]).toMatchObject({ effect: 0, faithfulness: 1 })
      const none = await ablate(`${FEATURES} mode: REMOVE ${LOGIT}`)
      expect(none.readings[0]).toMatchObject({ effect: -7, faithfulness: 0 })
    })

    it('cuts edges, alone and in sets', async () => {
      expect(await effect(edges(`${F0}->${F1}`))).toBe(-3)
      // The second cut is behind the first on its way: nothing is counted twice.
      expect(await effect(edges(`${F0}->${F1}`, `${F1}->${L5}`))).toBe(-6)
      const kept = await ablate(`${edges(`${F1}->${L5}`)} mode: KEEP_ONLY ${LOGIT}`)
      // f0 → logit loses 1, f1 loses ½ and ¼ of its 6.
      expect(kept.readings[0]!.effect).toBe(-5.5)
      expect(kept.readings[0]!.faithfulness).toBeCloseTo(1 - 5.5 / 7, 12)
      const answer = await ablate(`target: { edges: { where: {} } } ${LOGIT} sweep: { preset: EACH_EDGE }`)
      expect(answer.rows.nodes.map(({ kind, edge, label }) => [kind, edge!.address === label])).toEqual(
        LINKS.map(() => ['EDGE', true]),
      )
      expect(answer.readings[0]).toMatchObject({ effect: -7, faithfulness: 0 })
      expect(await rows('target: { edges: { where: {} } } sweep: { preset: EACH_EDGE }')).toEqual({
        [`${T1}->${F0}`]: -6,
        [`${T2}->${F1}`]: -1.5,
        [`${F0}->${F1}`]: -3,
        [`${F0}->${L5}`]: -1,
        [`${F1}->${L5}`]: -6,
        [`${F1}->${L7}`]: 0,
      })
    })

    it('sweeps over nodes, layers, positions, both, and edges between nodes', async () => {
      const sweep = (preset: string) => rows(`${FEATURES} sweep: { preset: ${preset} }`)
      expect(await sweep('EACH_NODE')).toEqual({ [F0]: -4, [F1]: -6 })
      expect(await sweep('EACH_LAYER')).toEqual({ 'layer 0': -4, 'layer 1': -6 })
      expect(await sweep('EACH_POSITION')).toEqual({ 'position 0': -4, 'position 1': -6 })
      expect(await sweep('EACH_LAYER_AND_POSITION')).toEqual({
        'layer 0, position 0': -4,
        'layer 1, position 1': -6,
      })
      expect(await sweep('EACH_EDGE')).toEqual({ [`${F0}->${F1}`]: -3 })
      expect(await rows(`${nodes(T1, F0, T2)} sweep: { preset: EACH_POSITION }`)).toEqual({
        // Token and feature of position 0 are in series: the feature is held, the token reaches nothing else.
        'position 0': -4,
        'position 1': -1.5,
      })
    })

    it('finds that a pair in series interacts by what flows through both', async () => {
      const { rows: pairs } = await ablate(`${FEATURES} ${LOGIT} sweep: { preset: EACH_PAIR }`)
      expect(pairs.nodes).toHaveLength(1)
      // −7 + 4 + 6: f0 acts on f1 with 3.
      expect(pairs.nodes[0]).toMatchObject({ label: `${F0} & ${F1}`, interactions: [3] })
      const cuts = await ablate(
        `${edges(`${F0}->${F1}`, `${F0}->${L5}`)} ${LOGIT} sweep: { preset: EACH_PAIR }`,
      )
      expect(cuts.rows.nodes[0]!.interactions).toEqual([0])
    })

    it('grows a set along a ranking', async () => {
      const ranking = JSON.stringify([F1, F0])
      const curve = await ablate(
        `${FEATURES} mode: KEEP_ONLY ${LOGIT} sweep: { cumulative: { ranking: ${ranking}, sizes: [0, 1, 2] } }`,
      )
      expect(curve.rows.nodes.map(({ size, readings }) => [size, readings[0]!.effect])).toEqual([
        [0, -7],
        [1, -4],
        [2, 0],
      ])
    })

    it('takes nodes at positions of its prompt', async () => {
      const from = (choice: string) => effect(`${FEATURES} positions: ${choice}`)
      expect(await from('{ indices: [0] }')).toBe(-4)
      expect(await from('{ fromEnd: [0] }')).toBe(-6)
      expect(await from('{ range: { from: 0, to: 2 } }')).toBe(-7)
      expect(await from('{ tokenMatches: { texts: ["b"] } }')).toBe(-6)
      expect(await ablate(`${FEATURES} ${LOGIT} positions: { role: "quote" }`)).toMatchObject({
        code: 'BAD_INPUT',
      })
      expect(await ablate(`${FEATURES} ${LOGIT} positions: { indices: [9] }`)).toMatchObject({
        code: 'BAD_INPUT',
      })
    })

    it('puts a given value in the place of a node, and says how values agree on the order', async () => {
      const answer = await ablate(
        `${FEATURES} ${LOGIT} replacements: [{ preset: ZERO }, { value: 4 }] sweep: { preset: EACH_NODE }`,
      )
      // f0 from 2 to 4 is twice as much; f1 has the value 4 already.
      expect(answer.rows.nodes.map(({ readings }) => readings.map((reading) => reading.effect))).toEqual([
        [-4, 4],
        [-6, 0],
      ])
      expect(answer.readings.map(({ replacement }) => replacement)).toEqual(['ZERO', 'value(4)'])
      expect(answer.rankAgreement).toHaveLength(1)
      const token = await ablate(`${nodes(T1)} ${LOGIT} replacements: [{ value: 4 }]`)
      expect(token.readings[0]).toMatchObject({
        effect: null,
        reason: `${T1} has no activation, so the graph does not say what another value would do`,
      })
    })

    it('scales, sets and adds to features, several at once', async () => {
      const one = await run(`interventions: [${at(F0, 'scale: 2')}]`)
      expect(one).toMatchObject({
        basis: 'GRAPH_ESTIMATE',
        next: [],
        lossReason: 'nothing was run: the graph gives changes, not values',
        tokens: [{ text: 'a' }, { text: 'b' }],
      })
      expect(one.changes).toEqual([
        { node: { address: L5 }, before: null, change: 4, reason: null },
        { node: { address: L7 }, before: null, change: 1, reason: null },
      ])
      expect(await changes(at(F1, 'set: 6'))).toEqual({ [L5]: 3, [L7]: 1 })
      expect(await changes(at(F0, 'add: 1'))).toEqual({ [L5]: 2, [L7]: 0.5 })
      expect(await changes(at(F0, 'replacement: { preset: ZERO }'))).toEqual({ [L5]: -4, [L7]: -1 })
      // f1 is held at 1.5 of itself, f0 keeps its direct way only.
      expect(await changes(`${at(F0, 'scale: 2')}, ${at(F1, 'set: 6')}`)).toEqual({ [L5]: 4, [L7]: 1 })
      // In their order on one node: (2 + 1) · 2 = 6, three times its 2.
      expect(await changes(`${at(F0, 'add: 1')}, ${at(F0, 'scale: 2')}`)).toEqual({ [L5]: 8, [L7]: 2 })
      expect(await changes(at(F0, 'scale: 2'), undefined, `activations: ["${F1}"]`)).toMatchObject({
        [F1]: 2,
      })
      expect(
        await changes(
          '{ nodes: { where: { kind: { eq: FEATURE } } }, positions: { indices: [1] }, change: { scale: 0 } }',
        ),
      ).toEqual({ [L5]: -6, [L7]: -2 })
      expect(await run(`prompt: { text: "ab" } interventions: [${at(F0, 'scale: 2')}]`)).toMatchObject({
        basis: 'GRAPH_ESTIMATE',
      })
    })

    it('scaling by 0 is zeroing', async () => {
      expect((await changes(at(F0, 'scale: 0')))[L5]).toBe(await effect(nodes(F0)))
    })

    it('attributes directly and over all paths, to nodes, edges and tokens', async () => {
      const direct = await attribute('method: { preset: DIRECT_LOGIT }')
      expect(direct).toMatchObject({ basis: 'GRAPH_ESTIMATE', method: 'DIRECT_LOGIT' })
      expect(await scores('method: { preset: DIRECT_LOGIT }')).toEqual({
        [T1]: 0,
        [T2]: 0,
        [F0]: -1,
        [F1]: -6,
        [L5]: null,
        [L7]: 0,
      })
      expect(await scores('method: { preset: GRADIENT_TIMES_ACTIVATION }')).toEqual({
        [T1]: -6,
        [T2]: -1.5,
        [F0]: -4,
        [F1]: -6,
        [L5]: null,
        [L7]: 0,
      })
      expect(await scores('of: EDGES method: { preset: EDGE_ATTRIBUTION_PATCHING }')).toEqual(
        await rows('target: { edges: { where: {} } } sweep: { preset: EACH_EDGE }'),
      )
      expect(await scores('of: EDGES method: { preset: DIRECT_LOGIT }')).toMatchObject({
        [`${F0}->${L5}`]: -1,
        [`${F0}->${F1}`]: 0,
      })
      expect(await scores('of: TOKENS method: { preset: GRADIENT_TIMES_ACTIVATION }')).toEqual({
        'position 0': -6,
        'position 1': -1.5,
      })
      expect(
        await scores(
          `nodes: { addresses: ["${F0}"] } baseline: { value: 4 } method: { preset: GRADIENT_TIMES_ACTIVATION }`,
        ),
      ).toEqual({ [F0]: 4 })
    })

    it.each([
      [
        'means, which other prompts give',
        `${nodes(F0)} replacements: [{ preset: MEAN }]`,
        'NOT_MEANINGFUL',
        'MEAN comes from other prompts',
      ],
      [
        'corrupt prompts',
        `${nodes(F0)} replacements: [{ corrupt: true }]`,
        'NOT_MEANINGFUL',
        'corrupt comes from other prompts',
      ],
      ['denoising', `${nodes(F0)} direction: DENOISING`, 'NOT_MEANINGFUL', 'no corrupt prompt'],
      ['ends', nodes(L5), 'NOT_MEANINGFUL', 'is an end of the graph'],
      ['paths', `target: { paths: [["${F0}", "${F1}"]] }`, 'UNSUPPORTED', 'not paths'],
      ['edges that it does not have', edges(`${T1}->${F1}`), 'BAD_INPUT', 'this graph has no edge'],
      [
        'values on edges',
        `${edges(`${F0}->${F1}`)} replacements: [{ value: 1 }]`,
        'UNSUPPORTED',
        'without their source',
      ],
      [
        'positions of edges',
        `${edges(`${F0}->${F1}`)} positions: { indices: [0] }`,
        'UNSUPPORTED',
        'all positions',
      ],
      [
        'sweeps over heads, which it has none of',
        `${FEATURES} sweep: { preset: EACH_HEAD }`,
        'NOT_MEANINGFUL',
        'EACH_HEAD',
      ],
      ['sweeps over paths', `${FEATURES} sweep: { preset: EACH_PATH }`, 'NOT_MEANINGFUL', 'EACH_PATH'],
      [
        'layers of edges',
        `${edges(`${F0}->${F1}`)} sweep: { preset: EACH_LAYER }`,
        'NOT_MEANINGFUL',
        'the target is edges',
      ],
      [
        'rankings of others',
        `${FEATURES} sweep: { cumulative: { ranking: ["${T1}"] } }`,
        'BAD_INPUT',
        'not in the target',
      ],
      ['empty targets', 'target: { nodes: { where: { layer: { gt: 9 } } } }', 'BAD_INPUT', 'selects no node'],
    ])('refuses %s', async (_, input, code, message) => {
      expect(await ablate(`${input} ${LOGIT}`)).toMatchObject({
        code,
        message: expect.stringContaining(message),
      })
    })

    it.each(['TASK_LOSS', 'KL_DIVERGENCE', 'ACCURACY', 'TARGET_PROBABILITY'])(
      'refuses %s',
      async (preset) => {
        expect(await ablate(`${nodes(F0)} metrics: [{ preset: ${preset} }]`)).toMatchObject({
          code: 'NOT_MEANINGFUL',
          message: expect.stringContaining('is read from a run'),
        })
      },
    )

    it.each([
      'preset: EXACT_ABLATION',
      'preset: DEEP_LIFT',
      'preset: EDGE_ATTRIBUTION_PATCHING',
      'attributionPatching: {}',
      'integratedGradients: {}',
      'edgeIntegratedGradients: {}',
      'shapley: {}',
    ])('does not call an estimate {%s} of nodes', async (method) => {
      expect(await attribute(`method: { ${method} }`)).toMatchObject({
        code: 'NOT_MEANINGFUL',
        path: 'input.method',
        hint: 'of NODES here: DIRECT_LOGIT, GRADIENT_TIMES_ACTIVATION',
      })
    })

    it('refuses heads, and baselines from other prompts', async () => {
      const gradient = 'method: { preset: GRADIENT_TIMES_ACTIVATION }'
      expect(await attribute(`of: HEADS ${gradient}`)).toMatchObject({
        code: 'NOT_MEANINGFUL',
        path: 'input.of',
      })
      expect(await attribute(`baseline: { preset: MEAN } ${gradient}`)).toMatchObject({
        code: 'NOT_MEANINGFUL',
        path: 'input.baseline',
      })
    })

    it.each([
      [
        'clamp',
        `interventions: [${at(F0, 'clamp: { least: 0, most: 1 }')}]`,
        'NOT_MEANINGFUL',
        'input.interventions[0].change',
      ],
      ['ends', `interventions: [${at(L5, 'scale: 2')}]`, 'NOT_MEANINGFUL', 'input.interventions[0]'],
      [
        'means',
        `interventions: [${at(F0, 'replacement: { preset: MEAN }')}]`,
        'NOT_MEANINGFUL',
        'input.interventions[0].change',
      ],
      [
        'generation',
        `interventions: [${at(F0, 'scale: 2')}] generate: { length: 1 }`,
        'NOT_MEANINGFUL',
        'input.generate',
      ],
      [
        'attention',
        `interventions: [${at(F0, 'scale: 2')}] attentionLayers: [0]`,
        'NOT_MEANINGFUL',
        'input.attentionLayers',
      ],
      ['losses', `interventions: [${at(F0, 'scale: 2')}] target: 5`, 'NOT_MEANINGFUL', 'input.target'],
      [
        'other prompts',
        `interventions: [${at(F0, 'scale: 2')}] prompt: { text: "else" }`,
        'NOT_MEANINGFUL',
        'input.prompt',
      ],
      ['nothing', 'prompt: { tokens: [1, 2] }', 'BAD_INPUT', 'input.interventions'],
    ])('refuses %s in a run', async (_, input, code, path) => {
      expect(await run(input)).toMatchObject({ code, path })
    })
  })

  describe('derivatives', () => {
    it('replaces nodes by their difference times the path sum', async () => {
      expect(await effect(nodes(F0), 'DERIVATIVE')).toBe(-4)
      expect(await effect(nodes(F0, F1), 'DERIVATIVE')).toBe(-7)
      expect(await effect(`${nodes(F1)} mode: KEEP_ONLY`, 'DERIVATIVE')).toBe(-4)
      expect(await effect(edges(`${F0}->${F1}`), 'DERIVATIVE')).toBe(-3)
      expect(await changes(at(F0, 'scale: 2'), 'DERIVATIVE')).toEqual({ [L5]: 4, [L7]: 1 })
      // ∂f0/∂token is 3, and f0 carries 2 per unit.
      expect(await changes(at(T1, 'add: 1'), 'DERIVATIVE')).toEqual({ [L5]: 6, [L7]: 1.5 })
      expect(await scores('method: { preset: GRADIENT_TIMES_ACTIVATION }', 'DERIVATIVE')).toMatchObject({
        [F0]: -4,
        [F1]: -6,
        [T1]: null,
      })
    })

    it('is null with a reason where the clean value is not stored', async () => {
      const { readings } = await ablate(`${nodes(T1)} ${LOGIT}`, 'DERIVATIVE')
      expect(readings[0]).toMatchObject({
        effect: null,
        faithfulness: null,
        reason: `${T1} has no activation, so its change is not known`,
      })
    })
  })

  describe('scores (EAP and its kin)', () => {
    const scored = (input: string) => ablate(`${input} ${LOGIT}`, 'EFFECT_SCORE')
    it('adds the scores of the edges that leave what is removed', async () => {
      const answer = await scored(nodes('head(0.1)'))
      expect(answer).toMatchObject({ basis: 'GRAPH_ESTIMATE', level: 'COMPONENTS' })
      expect(answer.readings).toEqual([
        expect.objectContaining({ effect: 1, importance: null, replacement: 'as scored' }),
      ])
      expect((await scored(nodes('head(0.1)', 'mlp(0)'))).readings[0]!.effect).toBe(3)
      const kept = await scored(`${nodes('mlp(0)')} mode: KEEP_ONLY`)
      expect(kept.readings[0]!.effect).toBe(1)
      expect(kept.readings[0]!.faithfulness).toBeCloseTo(2 / 3, 12)
    })

    it('adds the scores of edges, unless a path runs through two of them', async () => {
      expect((await scored(edges('head(0.1)->logits', 'mlp(0)->logits'))).readings[0]!.effect).toBe(3)
      expect((await scored(edges('head(0.1)->mlp(0)', 'mlp(0)->logits'))).readings[0]).toMatchObject({
        effect: null,
        reason: 'a path runs through two of the edges, the second from mlp(0) to logits',
      })
      expect((await scored(nodes('input', 'mlp(0)'))).readings[0]).toMatchObject({
        effect: null,
        reason: 'a path leaves the set and enters it again at mlp(0)',
      })
    })

    it('sweeps over nodes, heads, layers and edges', async () => {
      const parts = nodes('head(0.1)', 'mlp(0)')
      expect(await rows(`${parts} sweep: { preset: EACH_NODE }`, 'EFFECT_SCORE')).toEqual({
        'head(0.1)': 1,
        'mlp(0)': 1,
      })
      expect(await rows(`${parts} sweep: { preset: EACH_HEAD }`, 'EFFECT_SCORE')).toEqual({ 'head(0.1)': 1 })
      expect(await rows(`${parts} sweep: { preset: EACH_LAYER }`, 'EFFECT_SCORE')).toEqual({ 'layer 0': 3 })
      const { rows: pairs } = await scored(`${parts} sweep: { preset: EACH_PAIR }`)
      // 3 − 1 − 1: the score between them is not lost twice.
      expect(pairs.nodes[0]!.interactions).toEqual([1])
      expect(
        await ablate(`${parts} ${LOGIT} sweep: { preset: EACH_POSITION }`, 'EFFECT_SCORE'),
      ).toMatchObject({
        code: 'NOT_MEANINGFUL',
      })
      expect(await ablate(`${parts} ${LOGIT} positions: { indices: [0] }`, 'EFFECT_SCORE')).toMatchObject({
        code: 'NOT_MEANINGFUL',
        path: 'input.positions',
      })
    })

    it('gives the scores themselves as attribution', async () => {
      const stored = 'method: { preset: EDGE_ATTRIBUTION_PATCHING }'
      expect(await scores(stored, 'EFFECT_SCORE')).toEqual({
        input: 0.75,
        'head(0.1)': 1,
        'mlp(0)': 1,
        logits: 0,
      })
      expect(await scores(`of: EDGES ${stored}`, 'EFFECT_SCORE')).toMatchObject({ 'head(0.1)->mlp(0)': -1 })
      expect(await scores(`of: HEADS ${stored}`, 'EFFECT_SCORE')).toEqual({ 'head(0.1)': 1 })
    })

    it.each([
      ['another value', `${nodes('mlp(0)')} replacements: [{ value: 0 }]`],
      ['means', `${nodes('mlp(0)')} replacements: [{ preset: MEAN }]`],
    ])('refuses %s: scores are effects of one replacement', async (_, input) => {
      expect(await scored(input)).toMatchObject({
        code: 'NOT_MEANINGFUL',
        message: expect.stringContaining('effects of the replacement that their tool used'),
      })
    })

    it('refuses to scale, and to multiply', async () => {
      expect(await run(`interventions: [${at('mlp(0)', 'scale: 2')}]`, 'EFFECT_SCORE')).toMatchObject({
        code: 'NOT_MEANINGFUL',
        message: expect.stringContaining('EFFECT_SCORE'),
      })
      expect(await attribute('method: { preset: DIRECT_LOGIT }', 'EFFECT_SCORE')).toMatchObject({
        code: 'NOT_MEANINGFUL',
        hint: 'of NODES here: EDGE_ATTRIBUTION_PATCHING',
      })
    })
  })

  describe.each([
    ['WEIGHT', 'weights say what could flow'],
    ['UNSIGNED_IMPORTANCE', 'lost their sign or scale'],
  ])('%s', (meaning, why) => {
    const refusal = { code: 'NOT_MEANINGFUL', message: expect.stringContaining(why) }
    it.each([
      ['nodes', nodes(F0)],
      ['edges', edges(`${F0}->${F1}`)],
      ['subgraphs', `${FEATURES} mode: KEEP_ONLY`],
    ])('supports no estimate of %s', async (_, input) => {
      expect(await ablate(`${input} ${LOGIT}`, meaning)).toMatchObject(refusal)
    })
    it('supports no attribution and no intervention', async () => {
      expect(await attribute('method: { preset: DIRECT_LOGIT }', meaning)).toMatchObject(refusal)
      expect(
        await attribute('of: EDGES method: { preset: EDGE_ATTRIBUTION_PATCHING }', meaning),
      ).toMatchObject(refusal)
      expect(await run(`interventions: [${at(F0, 'scale: 2')}]`, meaning)).toMatchObject(refusal)
    })
  })

  it('estimates nothing that was not allowed, whatever the edges mean', async () => {
    for (const meaning of ids.keys()) {
      const refusal = { code: 'MODEL_NOT_AT_HAND', hint: expect.stringContaining('allowEstimate: true') }
      expect(await ablate(`target: { nodes: { where: {} } } ${LOGIT}`, meaning, '')).toMatchObject(refusal)
      expect(await attribute('method: { preset: DIRECT_LOGIT }', meaning, '')).toMatchObject(refusal)
      expect(await run(`interventions: [${at(F0, 'scale: 2')}]`, meaning, '')).toMatchObject(refusal)
    }
  })

  it('measures no faithfulness, with estimates or without', async () => {
    const answer = await question<Problem>(
      'SCALED_CONTRIBUTION',
      `faithfulness(input: { on: { pairs: [] } }) { ${PROBLEM} }`,
    )
    expect(answer).toMatchObject({ code: 'MODEL_NOT_AT_HAND' })
  })

  it('says what it can estimate', async () => {
    const estimates = async (meaning: string): Promise<boolean> =>
      (await question<string[]>(meaning, 'capabilities')).includes('LINEAR_ESTIMATE')
    const able = await Promise.all(
      [...ids.keys()].map(async (meaning) => [meaning, await estimates(meaning)]),
    )
    expect(Object.fromEntries(able)).toEqual({
      SCALED_CONTRIBUTION: true,
      DERIVATIVE: true,
      EFFECT_SCORE: true,
      WEIGHT: false,
      UNSIGNED_IMPORTANCE: false,
    })
  })
})

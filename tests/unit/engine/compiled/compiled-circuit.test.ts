/** Compiled circuits against the masked run of the same variants: every configuration, fill, mask and metric. */
import fc from 'fast-check'
import { allOf, type ChannelSet, channelSet } from '../../../../src/domain/experiment/channel-set.js'
import type { Fill, Measurement, Variant } from '../../../../src/domain/experiment/measurement.js'
import { METRICS, type PromptCase } from '../../../../src/domain/experiment/metric.js'
import { TOPK_SITES } from '../../../../src/domain/sparse-model-data.js'
import { runToEnd } from '../../../../src/domain/steps.js'
import { measure } from '../../../../src/engine/measure.js'
import { tapPlace } from '../../../../src/engine/tap-names.js'
import { maskableSites } from '../../../../src/model/model-graph.js'
import { type PreparedModel, prepareModel } from '../../../../src/model/prepared-model.js'
import { measurement, NOWHERE } from '../../../support/as-measurement.js'
import { promptOf } from '../../../support/by-hand.js'
import { microConfig, randomModel } from '../../../support/micro-model.js'
import { seededRandom } from '../../../support/seeded-random.js'

const PROMPTS: readonly PromptCase[] = [
  promptOf([3, 0, 6, 6, 1], 2, 5),
  promptOf([1, 1, 4, 2, 5, 0]),
  promptOf([2, 6, 3], 4),
]
const OTHERS = [
  [3, 2, 6, 0, 1],
  [4, 1, 4, 2, 5, 3],
  [2, 5, 3],
]
const POSITIONS = [
  [Uint32Array.of(1, 3), Uint32Array.of(0, 5), Uint32Array.of(2)],
  [Uint32Array.of(4), Uint32Array.of(), Uint32Array.of(0, 1)],
]

const configs = fc.record({
  rms_norm: fc.boolean(),
  activation_type: fc.constantFrom('gelu', 'relu'),
  sink: fc.boolean(),
  bigram: fc.boolean(),
  positions: fc.constantFrom(null, 5),
  afrac: fc.constantFrom(null, 0.2, 0.4, 0.9),
  sites: fc.subarray(TOPK_SITES.filter((site) => !site.startsWith('resid_post'))),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
})
type Drawn = typeof configs extends fc.Arbitrary<infer T> ? T : never

function modelOf({ rms_norm, activation_type, sink, bigram, positions, afrac, sites, seed }: Drawn) {
  const config = microConfig({
    n_head: 3,
    d_head: 5,
    d_model: 24,
    d_mlp: 40,
    n_layer: 3,
    rms_norm,
    ln_bias: !rms_norm,
    activation_type,
    sink,
    enable_bigram_table: bigram,
    ...(positions === null ? {} : { d_pos_emb: positions }),
    ...(afrac === null || sites.length === 0 ? {} : { afrac, afrac_loctypes: sites.join() }),
  })
  return prepareModel(randomModel(config, seed, 0.3))
}

/** Circuits of some twenty channels, members of them with one channel or one position less, and an empty one. */
function questionOn(model: PreparedModel, fill: Fill, seed: number, withEnd: boolean): Measurement {
  const random = seededRandom(seed)
  const sites = maskableSites(model.config)
  const places = sites.flatMap(({ tap, width }) =>
    Array.from({ length: width }, (_, index) => ({ tap, index })),
  )
  const draw = (share: number) => places.filter(() => random.next() < share)
  // Every site has its share, or nothing would be kept from end to end.
  const circuit = [
    ...draw(0.04),
    ...sites.map(({ tap, width }) => ({ tap, index: Math.floor(random.next() * width) })),
  ]
  const end = withEnd ? [{ tap: 'final_resid', index: 3 }] : []
  const universe: ChannelSet = withEnd
    ? new Map([
        ...allOf(sites),
        ['final_resid', Uint32Array.from({ length: model.config.dModel }, (_, c) => c)],
      ])
    : allOf(sites)
  const keep = (channels: readonly { tap: string; index: number }[]) => ({
    channels: channelSet([...channels, ...end]),
    complement: true,
  })
  const few = circuit.slice(0, 6)
  const sets = [
    keep(circuit),
    keep([]),
    keep(draw(0.03)),
    ...few.map((one) => ({ channels: channelSet([one]), complement: false })),
  ]
  const without = (i: number, positions: number | null): Variant => ({
    replaced: [
      { set: 0, positions: null },
      { set: 3 + i, positions },
    ],
    links: [],
    fill: 0,
  })
  const alone = (set: number): Variant => ({ replaced: [{ set, positions: null }], links: [], fill: 0 })
  return measurement({
    prompts: PROMPTS,
    names: METRICS,
    universe,
    sets,
    positions: POSITIONS,
    fills: [fill],
    variants: [
      alone(0),
      ...few.map((_, i) => without(i, null)),
      ...few.map((_, i) => without(i, i % 2)),
      alone(1),
      alone(2),
      { ...alone(0), moved: [1] },
      { ...alone(0), moved: [0, 2, 4] },
      { ...without(0, null), moved: [1] },
    ],
    rows: { kind: 'FROM_PROMPTS', prompts: OTHERS },
    execution: 'COMPILED',
  })
}

const fillKinds = ['ZERO', 'CONSTANT', 'PER_CHANNEL', 'PER_POSITION', 'FROM_PROMPTS'] as const

function fillOf(kind: (typeof fillKinds)[number], model: PreparedModel, seed: number): Fill {
  if (kind === 'ZERO') return { kind: 'CONSTANT', value: 0 }
  if (kind === 'CONSTANT') return { kind, value: 0.3 }
  if (kind === 'FROM_PROMPTS') return { kind, prompts: OTHERS }
  const random = seededRandom(seed)
  const rows = kind === 'PER_CHANNEL' ? 1 : 8
  const taps = [...maskableSites(model.config).map(({ tap }) => tap), 'final_resid']
  const values = new Map(
    taps.map((tap) => {
      const { width } = tapPlace(model.config, tap)
      return [tap, Float64Array.from({ length: rows * width! }, () => (2 * random.next() - 1) / 2)]
    }),
  )
  return kind === 'PER_CHANNEL' ? { kind, values } : { kind, positions: rows, values }
}

const answer = (model: PreparedModel, request: Measurement) => runToEnd(measure(model, request))

/** Largest difference, as a share of the larger value from 1 on; NaN must meet NaN. */
function gapBetween(a: Float64Array, b: Float64Array): number {
  let gap = 0
  a.forEach((x, i) => {
    const y = b[i]!
    if (Number.isNaN(x) !== Number.isNaN(y)) gap = Number.POSITIVE_INFINITY
    else if (!Number.isNaN(x)) gap = Math.max(gap, Math.abs(x - y) / Math.max(1, Math.abs(x)))
  })
  return gap
}

const SUMS_TO_ONE = {
  rms_norm: false,
  activation_type: 'gelu' as const,
  sink: false,
  bigram: true,
  positions: null,
  afrac: null,
  sites: [],
  seed: 334011,
}

describe('compiled circuits', () => {
  it('give the numbers of the masked run to 1e-12, whatever the model, the fill and the mask', () => {
    let compiled = 0
    fc.assert(
      fc.property(configs, fc.constantFrom(...fillKinds), fc.boolean(), (drawn, kind, withEnd) => {
        const model = modelOf(drawn)
        const request = questionOn(model, fillOf(kind, model, drawn.seed), drawn.seed, withEnd)
        const fast = answer(model, request)
        const slow = answer(model, { ...request, execution: 'MASKED' })
        expect(slow.compiled).toBe(0)
        expect(gapBetween(fast.values, slow.values)).toBeLessThanOrEqual(1e-12)
        expect(fast.evaluations).toBe(slow.evaluations)
        // Only cuts that a kept channel stands at count, so that the margin can be larger.
        fast.margins.forEach((margin, v) => {
          expect(margin).toBeGreaterThanOrEqual(slow.margins[v]! * (1 - 1e-9))
        })
        compiled += fast.compiled
      }),
      { numRuns: 80 },
    )
    expect(compiled).toBeGreaterThan(1_500)
  })

  it('give the same bits alone, together and in any order', () => {
    fc.assert(
      fc.property(configs, fc.constantFrom(...fillKinds), (drawn, kind) => {
        const model = modelOf(drawn)
        const request = questionOn(model, fillOf(kind, model, drawn.seed), drawn.seed, false)
        const together = answer(model, request)
        const width = request.metrics.length * request.prompts.length
        request.variants.forEach((variant, v) => {
          const alone = answer(model, { ...request, variants: [variant] })
          expect(alone.values).toEqual(together.values.slice(v * width, (v + 1) * width))
          expect(alone.margins[0]).toBe(together.margins[v])
        })
      }),
      // Once, a value whose weights sum to 1 but for rounding counted as moved where another member kept it.
      { numRuns: 30, examples: [[SUMS_TO_ONE, 'CONSTANT']] },
    )
  })
})

describe('what is not compiled', () => {
  const model = modelOf({
    rms_norm: true,
    activation_type: 'gelu',
    sink: true,
    bigram: false,
    positions: null,
    afrac: 0.4,
    sites: [...TOPK_SITES.filter((site) => !site.startsWith('resid_post'))],
    seed: 4,
  })
  const zero: Fill = { kind: 'CONSTANT', value: 0 }
  const request = questionOn(model, zero, 4, false)

  it.each([
    ['frozen gates', { gates: { norms: 'FROZEN', attention: 'LIVE', topK: 'LIVE' } }],
    ['masked runs that are asked for', { execution: 'MASKED' }],
  ] as const)('%s', (_, change) => {
    expect(answer(model, { ...request, ...change }).compiled).toBe(0)
  })

  it('variants that keep more than an eighth of the model', () => {
    const all = allOf(maskableSites(model.config))
    const one = { channels: channelSet([{ tap: '1.mlp.post_act', index: 3 }]), complement: false }
    const variants = [{ replaced: [{ set: 0, positions: null }], links: [], fill: 0 }]
    expect(answer(model, { ...request, universe: all, sets: [one], variants }).compiled).toBe(0)
  })

  it('cuts that rounding could turn: equal sizes at a cut are left to the masked run', () => {
    // Every embedding and gain is the same, so that all entries that act_in cuts are equally large.
    const data = randomModel(model.config, 9, 0.3)
    const flat = {
      ...data,
      tensors: data.tensors.map((tensor) => {
        if (!/wte|wpe|ln_/.test(tensor.name)) return tensor
        const values = new Float64Array(tensor.bytes.length / 8).fill(1)
        return { ...tensor, bytes: new Uint8Array(values.buffer) }
      }),
    }
    const even = prepareModel(flat)
    const asked = questionOn(even, zero, 5, false)
    const fast = answer(even, asked)
    const slow = answer(even, { ...asked, execution: 'MASKED' })
    expect(fast.compiled).toBeLessThan(asked.variants.length * asked.prompts.length)
    expect(slow.margins[0]).toBe(0)
    fast.values.forEach((value, i) => {
      if (!Number.isNaN(value)) expect(value).toBeCloseTo(slow.values[i]!, 12)
    })
  })

  it('an empty universe has nothing to keep apart', () => {
    expect(answer(model, { ...request, universe: NOWHERE }).compiled).toBe(0)
  })
})

/** Runs that stand side by side have the bits of runs alone, with compiled kernels and with plain loops. */
import fc from 'fast-check'
import { allOf, channelSet } from '../../../src/domain/experiment/channel-set.js'
import type { Measurement } from '../../../src/domain/experiment/measurement.js'
import { runToEnd } from '../../../src/domain/steps.js'
import { gather, spread } from '../../../src/engine/copies.js'
import { measure } from '../../../src/engine/measure.js'
import { groups } from '../../../src/engine/side-by-side.js'
import type { VariantPlan } from '../../../src/engine/tap-plan.js'
import { maskableSites } from '../../../src/model/model-graph.js'
import { type PreparedModel, prepareModel } from '../../../src/model/prepared-model.js'
import { measurement } from '../../support/as-measurement.js'
import { microConfig, randomModel } from '../../support/micro-model.js'
import { seededRandom } from '../../support/seeded-random.js'

const ALL_SITES = 'attn_in,attn_out,mlp_in,mlp_out,mlp_neuron,attn_q,attn_k,attn_v'
const CUT = { afrac: 0.4, afrac_loctypes: ALL_SITES }

const large = prepareModel(
  randomModel(
    microConfig({ block_size: 40, vocab_size: 64, n_head: 4, d_head: 16, d_model: 80, d_mlp: 700, ...CUT }),
    5,
    0.5,
  ),
)

/** One node less each, spread over all sites; some at chosen positions only. */
function leaveOneOut(
  model: PreparedModel,
  count: number,
  tokens: readonly number[],
  seed: number,
): Measurement {
  const random = seededRandom(seed)
  const sites = maskableSites(model.config)
  const chosen = Array.from({ length: count }, () => {
    const { tap, width } = random.pick(sites)
    return { tap, index: Math.floor(random.next() * width) }
  })
  const half = Uint32Array.from({ length: tokens.length >> 1 }, (_, t) => 2 * t)
  return measurement({
    prompts: [{ tokens, target: 3, alternative: 2, at: 'LAST' }],
    names: ['LOGIT_DIFFERENCE', 'KL_DIVERGENCE'],
    universe: allOf(sites),
    sets: chosen.map((node) => ({ channels: channelSet([node]), complement: false })),
    positions: [[half]],
    fills: [{ kind: 'CONSTANT', value: 0.5 }],
    variants: chosen.map((_, set) => ({
      replaced: [{ set, positions: random.next() < 0.3 ? 0 : null }],
      links: [],
      fill: 0,
    })),
  })
}

function expectBitsOfRunsAlone(model: PreparedModel, request: Measurement): void {
  const together = runToEnd(measure(model, request))
  const width = request.metrics.length
  request.variants.forEach((variant, v) => {
    const alone = runToEnd(measure(model, { ...request, variants: [variant] }))
    expect(together.values.slice(v * width, (v + 1) * width)).toEqual(alone.values)
    expect(together.margins[v]).toBe(alone.margins[0])
  })
}

describe('runs side by side', () => {
  it.each([40, 17])(
    'have the bits and margins of runs alone with compiled kernels, on %d tokens',
    (length) => {
      expect(large.room?.copies).toBe(8)
      const tokens = Array.from({ length }, (_, t) => (t * 7) % 64)
      expectBitsOfRunsAlone(large, leaveOneOut(large, 30, tokens, length))
    },
  )

  it('have them with plain loops, whatever the model', () => {
    const fields = fc.constantFrom(
      CUT,
      { ...CUT, rms_norm: false, sink: true },
      { d_pos_emb: 3, ...CUT, enable_bigram_table: true, learnable_bigram_table: true },
      { residual_activation_type: 'relu', afrac: 0.5, afrac_loctypes: 'resid_post_attn,resid_post_mlp' },
    )
    fc.assert(
      fc.property(fields, fc.integer({ min: 1, max: 1e6 }), (some, seed) => {
        const model = prepareModel(randomModel(microConfig(some), seed))
        expectBitsOfRunsAlone(model, leaveOneOut(model, 12, [3, 0, 6, 6, 1], seed))
      }),
      { numRuns: 40 },
    )
  })

  it('are spread from one and gathered again', () => {
    const rows = Float64Array.from({ length: 12 }, (_, i) => i)
    const spreadRows = spread(rows, 3, 5)
    for (let copy = 0; copy < 5; copy++) {
      const out = new Float64Array(12)
      gather(spreadRows, 3, 5, copy, out, 1)
      expect(out).toEqual(Float64Array.from({ length: 12 }, (_, i) => (i < 3 ? 0 : i)))
    }
  })
})

describe('groups', () => {
  const plan = (keys: readonly number[], more: Partial<VariantPlan> = {}): VariantPlan => ({
    fill: 0,
    taps: new Map(),
    moved: [],
    keys: Uint32Array.from(keys),
    links: [],
    latestStart: keys.length - 2,
    ...more,
  })
  const of = (plans: readonly VariantPlan[], most: number) =>
    [...groups(large, plans, [...plans.keys()], { positions: 8, first: null, most })].map(
      ({ variants, start }) => [variants, start],
    )

  it('join neighbours that begin at the same sublayer, up to a limit', () => {
    const plans = [1, 2, 3, 4, 5].map((key) => plan([0, 0, 0, key, 0, 0]))
    expect(of(plans, 3)).toEqual([
      [[0], 0],
      [[1, 2, 3], 2],
      [[4], 2],
    ])
  })

  it('leave alone what begins much earlier, and what changes links or patterns', () => {
    const late = [1, 2].map((key) => plan([0, 0, 0, 0, 0, key]))
    const early = plan([0, 3, 0, 0, 0, 0])
    const linked = plan([0, 4, 0, 0, 0, 0], { links: [0] })
    const patterned = plan([0, 5, 0, 0, 0, 0], { taps: new Map([['0.attn.pattern', []]]) })
    expect(of([...late, early, linked, patterned], 8)).toEqual([
      [[0], 0],
      [[1], 4],
      [[2], 0],
      [[3], 0],
      [[4], 0],
    ])
  })
})

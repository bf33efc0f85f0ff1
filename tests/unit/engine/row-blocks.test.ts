/** Rows that go through a sublayer a few at a time have the bits of whole arrays. */
import { channelSet } from '../../../src/domain/experiment/channel-set.js'
import type { Fill } from '../../../src/domain/experiment/measurement.js'
import { runToEnd } from '../../../src/domain/steps.js'
import { ReplacingTap } from '../../../src/engine/replacing-tap.js'
import { rowBlocks } from '../../../src/engine/row-blocks.js'
import { newRun } from '../../../src/engine/run.js'
import { forward } from '../../../src/engine/sparse-transformer.js'
import { maskableSites } from '../../../src/model/model-graph.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { microConfig, randomModel } from '../../support/micro-model.js'
import { seededRandom } from '../../support/seeded-random.js'

const LENGTH = 77
const ALL_SITES = 'attn_in,attn_out,mlp_in,mlp_out,mlp_neuron,attn_q,attn_k,attn_v'
const MODELS = {
  'with AbsTopK everywhere': { afrac: 0.4, afrac_loctypes: ALL_SITES },
  'with LayerNorm, sinks and a bigram table': {
    ...{ rms_norm: false, sink: true, enable_bigram_table: true, learnable_bigram_table: true },
  },
  'with concatenated positions': { d_pos_emb: 3, afrac: 0.5, afrac_loctypes: ALL_SITES },
  'with a residual activation': { residual_activation_type: 'relu' },
}
const tokens = Array.from({ length: LENGTH }, (_, t) => (t * t + 3) % 7)

describe('blocks of rows', () => {
  it.each(Object.entries(MODELS))('change no bit of a model %s', (_, fields) => {
    const model = prepareModel(randomModel(microConfig({ block_size: 80, ...fields }), 4))
    const random = seededRandom(9)
    const sites = maskableSites(model.config)
    const chosen = channelSet(
      sites.map(({ tap, width }) => ({ tap, index: Math.floor(random.next() * width) })),
    )
    const rows = new Map(
      sites.map(({ tap, width }) => [
        tap,
        Float64Array.from({ length: LENGTH * width }, () => random.next()),
      ]),
    )
    const some = Uint32Array.from([0, 31, 32, 33, 64, 76])
    const fills: readonly Fill[] = [
      { kind: 'CONSTANT', value: 0.25 },
      { kind: 'PER_POSITION', positions: LENGTH, values: rows },
    ]
    for (const fill of fills)
      for (const positions of [null, 0]) {
        const taps = new Map(Array.from(chosen, ([tap, channels]) => [tap, [{ channels, positions }]]))
        const replacing = { taps, fill, source: null, positions: [some] }
        const whole = new ReplacingTap(
          replacing,
          sites.map(({ tap }) => tap),
        )
        const inBlocks = new ReplacingTap(replacing)
        const [a, b] = [newRun(model, tokens, whole), newRun(model, tokens, inBlocks)]
        expect(runToEnd(forward(b))).toEqual(runToEnd(forward(a)))
        expect(b.margin.smallest).toBe(a.margin.smallest)
      }
  })

  it('hold every wanted row once, and are one where somebody looks at all', () => {
    const model = prepareModel(randomModel(microConfig({ block_size: 80 }), 4))
    const nothing = {
      taps: new Map(),
      fill: { kind: 'CONSTANT', value: 0 },
      source: null,
      positions: [],
    } as const
    const values = Float64Array.from({ length: 2 * 3 * LENGTH }, (_, i) => i)
    const setting = { start: 3 * 10, from: 3 * 30 }
    const run = { ...newRun(model, tokens, new ReplacingTap(nothing)), copies: 3 }
    const blocks = [...rowBlocks(run, ['0.mlp.post_act'], setting)]
    expect(blocks.length).toBeGreaterThan(1)
    expect(blocks.flatMap((block) => [...block.of(values, 2)])).toEqual([...values.subarray(2 * 3 * 10)])
    const wanted = blocks.map(({ run: part, from }) => 3 * part.tokens.length - from)
    expect(wanted.reduce((sum, rows) => sum + rows)).toBe(3 * (LENGTH - 30))
    const tap = new ReplacingTap(nothing, ['0.mlp.post_act'])
    expect([...rowBlocks({ ...run, tap }, ['0.mlp.post_act'], setting)]).toHaveLength(1)
  })
})

/** The reverse pass against central differences of the real forward pass, and identities that need no differences. */
import type { MetricName, PromptCase } from '../../../src/domain/experiment/metric.js'
import { tapPlaces } from '../../../src/engine/tap-names.js'
import type { PreparedModel } from '../../../src/model/prepared-model.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import type { Replacement } from '../../support/by-hand.js'
import { gradientsByHand, measureByHand } from '../../support/by-hand.js'
import { microConfig, randomModel } from '../../support/micro-model.js'
import { seededRandom } from '../../support/seeded-random.js'

const PROMPT: PromptCase = { tokens: [3, 0, 6, 6, 1], target: 2, alternative: 5, at: 'ALL' }
const SITES = 'attn_in,attn_out,mlp_in,mlp_out,mlp_neuron,attn_q,attn_k,attn_v'
const STEP = 1e-5

function value(
  model: PreparedModel,
  metric: MetricName,
  prompt: PromptCase,
  replacements: readonly Replacement[],
): number {
  return measureByHand(model, { prompts: [prompt], metrics: [metric], variants: [replacements] })
    .values[0]![0]![0]!
}

/** Compares `count` random places of every tap with (m(z + h) − m(z − h)) / 2h. */
function expectSlopes(
  model: PreparedModel,
  metric: MetricName,
  prompt: PromptCase,
  background: readonly Replacement[],
  count: number,
): void {
  const taps = [...tapPlaces(model.config).keys()]
  const answer = gradientsByHand(model, { prompts: [prompt], metric, taps, replacements: background })
  expect(answer.smallestMargin).toBeGreaterThan(20 * STEP)
  expect(answer.prompts[0]!.value).toBeCloseTo(value(model, metric, prompt, background), 13)
  const random = seededRandom(1)
  for (const { tap, channels, activations, gradients: slopes } of answer.prompts[0]!.taps) {
    for (let n = 0; n < count; n++) {
      const place = random.below(activations.length)
      const index = place % channels
      const position = tap.endsWith('pattern') ? null : Math.trunc(place / channels)
      if (background.some((r) => r.tap === tap && r.index === index)) continue
      const shifted = (by: number) =>
        value(model, metric, prompt, [
          ...background,
          { tap, index, position, value: activations[place]! + by },
        ])
      const slope = (shifted(STEP) - shifted(-STEP)) / (2 * STEP)
      if (tap.endsWith('pattern') && isAboveDiagonal(place, prompt.tokens.length)) continue
      expect(Math.abs(slopes[place]! - slope)).toBeLessThan(1e-6 * Math.max(1e-2, Math.abs(slope)))
    }
  }
}

function isAboveDiagonal(place: number, positions: number): boolean {
  return place % positions > Math.trunc(place / positions) % positions
}

const OPTIONS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['RMSNorm and GELU', {}],
  ['LayerNorm', { rms_norm: false }],
  ['AbsTopK everywhere', { afrac: 0.5, afrac_loctypes: SITES }],
  ['AbsTopK on the residual stream', { afrac: 0.7, afrac_loctypes: 'resid_post_attn,resid_post_mlp' }],
  ['relu on the residual stream', { residual_activation_type: 'relu' }],
  ['sinks and a bigram table', { sink: true, enable_bigram_table: true }],
  ['a tied head without biases', { tied_unembed: true, bias: false }],
  ['concatenated positions', { d_pos_emb: 3 }],
]

describe('the reverse pass', () => {
  it.each(OPTIONS)('has the slopes of the logit difference at every tap with %s', (_, fields) => {
    expectSlopes(prepareModel(randomModel(microConfig(fields), 21)), 'LOGIT_DIFFERENCE', PROMPT, [], 4)
  })

  it.each([
    ['TASK_LOSS', PROMPT],
    ['TASK_LOSS', { ...PROMPT, alternative: null }],
    ['TASK_LOSS', { ...PROMPT, target: null, alternative: null }],
    ['TARGET_PROBABILITY', PROMPT],
  ] as const)('has the slopes of %s', (metric, prompt) => {
    expectSlopes(prepareModel(randomModel(microConfig(), 22)), metric, prompt, [], 3)
  })

  it('differentiates an ablated run, whose replaced values send nothing upstream', () => {
    const model = prepareModel(randomModel(microConfig(), 23))
    const background = [
      { tap: '0.attn.v', index: 1, position: null, value: 0.3 },
      { tap: '0.attn.act_in', index: 2, position: null, value: -0.2 },
      { tap: '0.mlp.resid_delta', index: 0, position: null, value: 0.1 },
      { tap: '1.attn.pattern', index: 10, position: null, value: 0.9 },
      { tap: '1.resid_in', index: 4, position: null, value: 0.5 },
    ]
    expectSlopes(model, 'LOGIT_DIFFERENCE', PROMPT, background, 4)
    for (const target of [null, 2])
      expectSlopes(model, 'KL_DIVERGENCE', { ...PROMPT, target, alternative: null }, background, 2)
  })

  it('moves nothing along the final residual itself: RMSNorm is scale-free (Euler)', () => {
    const model = prepareModel(randomModel(microConfig(), 24))
    const answer = gradientsByHand(model, {
      prompts: [PROMPT],
      metric: 'LOGIT_DIFFERENCE',
      taps: ['final_resid'],
      normEpsilon: 0,
    })
    const { activations, gradients: slopes } = answer.prompts[0]!.taps[0]!
    expect(activations.reduce((sum, z, i) => sum + z * slopes[i]!, 0)).toBeCloseTo(0, 13)
  })

  it('lets nothing upstream through an AbsTopK that keeps nothing, yet knows what a dropped entry would do', () => {
    // k = trunc(0.1 · 9) = 0: no neuron of the last MLP is kept, so act_in has no slope there; the neurons themselves do.
    const model = prepareModel(randomModel(microConfig({ afrac: 0.1, afrac_loctypes: 'mlp_neuron' }), 25, 1))
    const answer = gradientsByHand(model, {
      prompts: [PROMPT],
      metric: 'LOGIT_DIFFERENCE',
      taps: ['1.mlp.act_in', '1.mlp.post_act'],
    })
    const [actIn, postAct] = answer.prompts[0]!.taps
    expect(actIn!.gradients.every((slope) => slope === 0)).toBe(true)
    expect(postAct!.activations.every((z) => z === 0)).toBe(true)
    expect(postAct!.gradients.some((slope) => slope !== 0)).toBe(true)
  })
})

/** Attribution methods by the identities that hold for them, and by the ground-truth cases of algorithms.md §6. */
import type {
  Attribution,
  AttributionScores,
  Elements,
  GradientMethod,
} from '../../../src/domain/experiment/attribution.js'
import { allOf, type ChannelSet, channelSet } from '../../../src/domain/experiment/channel-set.js'
import { type Fill, LIVE_GATES, type LinkFamily } from '../../../src/domain/experiment/measurement.js'
import type { MetricName, PromptCase } from '../../../src/domain/experiment/metric.js'
import { runToEnd } from '../../../src/domain/steps.js'
import { attribute } from '../../../src/engine/gradients/attribute.js'
import { quadrature } from '../../../src/engine/gradients/quadrature.js'
import { maskableSites, weightEdges } from '../../../src/model/model-graph.js'
import type { PreparedModel } from '../../../src/model/prepared-model.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { gradientsByHand, measureByHand, promptOf, runByHand } from '../../support/by-hand.js'
import { microConfig, normFreeModel, randomModel } from '../../support/micro-model.js'

const PROMPT = promptOf([3, 0, 6, 6, 1], 2, 5)
const CORRUPT = [3, 2, 6, 4, 1]
const ZERO: Fill = { kind: 'CONSTANT', value: 0 }
const corrupt = (...prompts: number[][]): Fill => ({ kind: 'FROM_PROMPTS', prompts })
const GRADIENT: GradientMethod = { kind: 'GRADIENT_TIMES_ACTIVATION' }
const integrated = (
  steps: number | null,
  rule: 'MIDPOINT' | 'GAUSS_LEGENDRE' = 'MIDPOINT',
): GradientMethod => ({
  kind: 'INTEGRATED_GRADIENTS',
  steps,
  rule,
  maxSteps: 256,
})
const TOKENS: Elements = { kind: 'TOKENS' }

function scores(
  model: PreparedModel,
  of: Elements,
  method: GradientMethod,
  more: Partial<Attribution> & { readonly prompt?: PromptCase; readonly name?: MetricName } = {},
): AttributionScores {
  const { prompt = PROMPT, name = 'LOGIT_DIFFERENCE', ...rest } = more
  return runToEnd(
    attribute(model, {
      modelId: 'm',
      prompts: [prompt],
      metric: { name, against: null },
      method,
      of,
      baseline: ZERO,
      background: { replaced: new Map(), fill: ZERO },
      gates: LIVE_GATES,
      ...rest,
    }),
  )
}

const channels = (set: ChannelSet): Elements => ({ kind: 'CHANNELS', channels: set })
const at = (tap: string, ...indices: number[]): ChannelSet => new Map([[tap, Uint32Array.from(indices)]])
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0)

describe('gradient × activation', () => {
  const model = prepareModel(randomModel(microConfig({ afrac: 0.6, sink: true }), 71))

  it('is (z̃ − z) ∂m/∂z summed over positions, with Σ|·| beside it', () => {
    const of = channelSet([
      { tap: '0.attn.v', index: 4 },
      { tap: '0.attn.v', index: 1 },
      { tap: '1.mlp.post_act', index: 7 },
    ])
    const answer = scores(model, channels(of), GRADIENT, { baseline: corrupt(CORRUPT) })
    const byHand = gradientsByHand(model, {
      prompts: [PROMPT],
      metric: 'LOGIT_DIFFERENCE',
      taps: [...of.keys()],
    }).prompts[0]!.taps
    const other = runByHand(model, CORRUPT, { record: [...of.keys()] }).taps
    const terms = [...of].flatMap(([, indices], i) => {
      const { channels: width, activations, gradients } = byHand[i]!
      return Array.from(indices, (c) =>
        PROMPT.tokens.map((_, t) => {
          const place = t * width + c
          return (other[i]!.values[place]! - activations[place]!) * gradients[place]!
        }),
      )
    })
    expect(Array.from(answer.scores)).toEqual(terms.map((t) => t.reduce((a, b) => a + b, 0)))
    expect(Array.from(answer.absolute)).toEqual(terms.map((t) => t.map(Math.abs).reduce((a, b) => a + b, 0)))
  })

  it('has beside each site the metric with the asked channels replaced together', () => {
    const of = new Map([...at('0.attn.q', 0, 5), ...at('0.mlp.act_in', 2)])
    const answer = scores(model, channels(of), GRADIENT)
    const variants = [...of].map(([tap, indices]) =>
      Array.from(indices, (index) => ({ tap, index, position: null, value: 0 })),
    )
    const measured = measureByHand(model, { prompts: [PROMPT], metrics: ['LOGIT_DIFFERENCE'], variants })
    expect(answer.cuts.map(({ site, replaced }) => [site, replaced[0]])).toEqual(
      [...of.keys()].map((tap, i) => [tap, measured.values[i]![0]![0]]),
    )
    expect(answer.cuts.map((cut) => cut.sum[0])).toEqual([
      answer.scores[0]! + answer.scores[1]!,
      answer.scores[2],
    ])
  })

  it('refuses metrics without a useful gradient, saying why', () => {
    const of = channels(at('0.attn.v', 0))
    expect(() => scores(model, of, GRADIENT, { name: 'KL_DIVERGENCE' })).toThrow(
      'its gradient is 0 everywhere',
    )
    expect(() => scores(model, of, GRADIENT, { name: 'ACCURACY' })).toThrow('ACCURACY has no gradient')
    expect(() => scores(model, of, GRADIENT, { prompt: promptOf([1, 2], 3) })).toThrow(
      'LOGIT_DIFFERENCE is undefined for the prompt [1,2]: it has no alternative',
    )
  })
})

describe('edge attribution patching', () => {
  it.each([
    ['every gate live', {}, LIVE_GATES],
    ['AbsTopK, sinks, LayerNorm', { afrac: 0.6, sink: true, rms_norm: false }, LIVE_GATES],
    ['frozen gates', { afrac: 0.6 }, { norms: 'FROZEN', attention: 'FROZEN', topK: 'FROZEN' } as const],
  ])(
    'adds up over the readers of a channel to the score of the channel (oracle 7) with %s',
    (_, fields, gates) => {
      const model = prepareModel(randomModel(microConfig(fields), 72))
      const edges = weightEdges(model, null)
      const sites = maskableSites(model.config)
      const families = new Map<string, { from: string; to: string; source: number[]; target: number[] }>()
      for (let e = 0; e < edges.count; e++) {
        const [from, to] = [sites[edges.sourceSite[e]!]!.tap, sites[edges.targetSite[e]!]!.tap]
        const family = families.get(`${from} ${to}`) ?? { from, to, source: [], target: [] }
        families.set(`${from} ${to}`, family)
        family.source.push(edges.sourceIndex[e]!)
        family.target.push(edges.targetIndex[e]!)
      }
      const list: LinkFamily[] = [...families.values()].map((f) => ({
        ...f,
        source: Uint32Array.from(f.source),
        target: Uint32Array.from(f.target),
      }))
      const baseline = corrupt(CORRUPT)
      const links = scores(
        model,
        { kind: 'LINKS', families: list },
        { kind: 'EDGE_ATTRIBUTION_PATCHING' },
        {
          baseline,
          gates,
        },
      )
      const sources = allOf(sites.filter(({ channel }) => ['act_in', 'v', 'post_act'].includes(channel)))
      const nodes = scores(model, channels(sources), GRADIENT, { baseline, gates })
      const bySource = new Map<string, number>()
      let place = 0
      for (const { from, source } of list)
        for (const index of source) {
          const key = `${from} ${index}`
          bySource.set(key, (bySource.get(key) ?? 0) + links.scores[place++]!)
        }
      place = 0
      for (const [tap, indices] of sources)
        for (const index of indices)
          expect(bySource.get(`${tap} ${index}`) ?? 0).toBeCloseTo(nodes.scores[place++]!, 12)
    },
  )

  it('adds up over the residual readers of a write to the score of the write once norms are frozen', () => {
    const model = prepareModel(randomModel(microConfig(), 73))
    const gates = { ...LIVE_GATES, norms: 'FROZEN' } as const
    const readers = ['0.mlp.act_in', '1.attn.act_in', '1.mlp.act_in', 'final_resid']
    const all = Uint32Array.from({ length: 6 }, (_, c) => c)
    const families = readers.map((to) => ({ from: '0.attn.resid_delta', to, source: all, target: all }))
    const links = scores(model, { kind: 'LINKS', families }, { kind: 'EDGE_ATTRIBUTION_PATCHING' }, { gates })
    const nodes = scores(model, channels(at('0.attn.resid_delta', 0, 1, 2, 3, 4, 5)), GRADIENT, { gates })
    for (let c = 0; c < 6; c++)
      expect(sum(readers.map((_, r) => links.scores[6 * r + c]!))).toBeCloseTo(nodes.scores[c]!, 12)
  })

  it('is exact edge patching on a linear model (F3)', () => {
    const { model } = linearLayer()
    const families = [
      {
        from: '0.attn.v',
        to: '0.attn.resid_delta',
        source: Uint32Array.of(0, 1, 2),
        target: Uint32Array.of(2, 2, 2),
      },
    ]
    const answer = scores(
      model,
      { kind: 'LINKS', families },
      { kind: 'EDGE_ATTRIBUTION_PATCHING' },
      {
        prompt: promptOf([0], 0, 1),
      },
    )
    // −B_j h_j with h = (2, 1, 1) and B = (1, 3, −4); they add up, so the cut has no gap.
    expect(Array.from(answer.scores, (score) => score.toFixed(10))).toEqual(
      [-2, -3, 4].map((score) => score.toFixed(10)),
    )
    const [cut] = answer.cuts
    expect(cut!.replaced[0]! - answer.values[0]!).toBeCloseTo(cut!.sum[0]!, 12)
  })

  it('averaged over the input’s way to the baseline leaves no gap at the input cut (EAP-IG)', () => {
    const model = prepareModel(randomModel(microConfig(), 74))
    const readers = ['0.attn.act_in', '0.mlp.act_in', '1.attn.act_in', '1.mlp.act_in', 'final_resid']
    const all = Uint32Array.from({ length: 6 }, (_, c) => c)
    const families = readers.map((to) => ({ from: 'embed', to, source: all, target: all }))
    const gates = { ...LIVE_GATES, norms: 'FROZEN' } as const
    const answer = scores(
      model,
      { kind: 'LINKS', families },
      { kind: 'EDGE_INTEGRATED_GRADIENTS', steps: 32, rule: 'GAUSS_LEGENDRE' },
      { baseline: corrupt(CORRUPT), gates },
    )
    const tokens = scores(model, TOKENS, integrated(32, 'GAUSS_LEGENDRE'), {
      baseline: corrupt(CORRUPT),
      gates,
    })
    expect(sum(answer.scores)).toBeCloseTo(sum(tokens.scores), 10)
    const [cut] = tokens.cuts
    expect(sum(answer.scores)).toBeCloseTo(cut!.replaced[0]! - tokens.values[0]!, 8)
  })
})

describe('integrated gradients', () => {
  it.each(['MIDPOINT', 'GAUSS_LEGENDRE'] as const)('close the gap on a smooth model, %s', (rule) => {
    const model = prepareModel(randomModel(microConfig({ sink: true, enable_bigram_table: true }), 75))
    for (const elements of [
      channels(at('0.attn.k', 0, 1, 2, 3, 4, 5)),
      channels(at('0.mlp.post_act', 1, 2, 8)),
      TOKENS,
    ]) {
      const gap = (steps: number): number => {
        const answer = scores(model, elements, integrated(steps, rule), { baseline: corrupt(CORRUPT) })
        const [cut] = answer.cuts
        return Math.abs(cut!.replaced[0]! - answer.values[0]! - cut!.sum[0]!)
      }
      if (rule === 'MIDPOINT') {
        // O(n⁻²): four times the steps leave a sixteenth.
        expect(gap(256) / gap(64)).toBeLessThan(0.08)
        expect(gap(256)).toBeLessThan(1e-4)
      } else expect(gap(48)).toBeLessThan(1e-6)
    }
  })

  it('are refined until the gap is small, or seen not to close where AbsTopK jumps', () => {
    const smooth = prepareModel(randomModel(microConfig(), 76))
    const answer = scores(smooth, TOKENS, integrated(null), { baseline: corrupt(CORRUPT) })
    const [cut] = answer.cuts
    const difference = cut!.replaced[0]! - answer.values[0]!
    expect(Math.abs(difference - cut!.sum[0]!)).toBeLessThan(0.01 * Math.abs(difference))
    expect(answer.jumps).toBe(0)
    const jumpy = prepareModel(randomModel(microConfig({ afrac: 0.4 }), 76))
    const jumped = scores(jumpy, TOKENS, integrated(null), { baseline: corrupt(CORRUPT) })
    expect(jumped.jumps).toBeGreaterThan(0)
    expect(jumped.steps).toBeLessThanOrEqual(256)
  })

  it('keep a gap of −2/3 of the change on the AbsTopK example (algorithms.md C2)', () => {
    // f(α) = first coordinate of AbsTop1((1 − α, 2α)): two act_in channels, one kept, the first read.
    const data = normFreeModel(
      { d_mlp: 2, vocab_size: 2, activation_type: 'relu', afrac: 0.5, afrac_loctypes: 'mlp_neuron' },
      {
        'transformer.wte.weight': { '0,0': 1, '1,1': 2 },
        'transformer.h.0.mlp.c_fc.weight': { '0,0': 1, '1,1': 1 },
        'transformer.h.0.mlp.c_proj.weight': { '2,0': 1 },
        'lm_head.weight': { '0,2': 1 },
      },
    )
    const model = prepareModel(data)
    const steps = 256
    const answer = scores(model, TOKENS, integrated(steps), {
      prompt: promptOf([0], 0, 1),
      baseline: corrupt([1]),
    })
    const [cut] = answer.cuts
    expect(cut!.replaced[0]! - answer.values[0]!).toBeCloseTo(-1, 12)
    expect(Math.abs(cut!.sum[0]! + 1 / 3)).toBeLessThan(1 / steps)
    expect(answer.jumps).toBe(1)
  })

  it('of a quadrature have weights that add up to 1 and powers that come out', () => {
    for (const steps of [1, 2, 5, 16]) {
      const gauss = quadrature('GAUSS_LEGENDRE', steps)
      for (let power = 0; power < 2 * steps; power++)
        expect(sum(gauss.map(({ at: x, weight }) => weight * x ** power))).toBeCloseTo(1 / (power + 1), 12)
      expect(sum(quadrature('MIDPOINT', steps).map(({ weight }) => weight))).toBeCloseTo(1, 12)
    }
  })
})

describe('DeepLIFT', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['GELU and RMSNorm', {}],
    ['LayerNorm and relu', { rms_norm: false, activation_type: 'relu' }],
    [
      'AbsTopK at every site',
      { afrac: 0.5, afrac_loctypes: 'attn_in,attn_out,mlp_in,mlp_out,mlp_neuron,attn_q,attn_k,attn_v' },
    ],
    [
      'sinks, a bigram table, concatenated positions',
      { sink: true, enable_bigram_table: true, d_pos_emb: 3 },
    ],
  ])('adds up exactly over the tokens with %s', (_, fields) => {
    const model = prepareModel(randomModel(microConfig(fields), 77))
    for (const baseline of [corrupt(CORRUPT), ZERO])
      for (const name of ['LOGIT_DIFFERENCE', 'TASK_LOSS'] as const) {
        const answer = scores(model, TOKENS, { kind: 'DEEP_LIFT' }, { baseline, name })
        const [cut] = answer.cuts
        const difference = cut!.replaced[0]! - answer.values[0]!
        expect(Math.abs(difference)).toBeGreaterThan(1e-4)
        expect(cut!.sum[0]! - difference).toBeCloseTo(0, 9)
      }
  })

  it('is gradient × difference where the model is linear (F3)', () => {
    const { model, means } = linearLayer()
    const baseline: Fill = { kind: 'FROM_PROMPTS', prompts: [[1]] }
    const prompt = promptOf([0], 0, 1)
    const of = channels(at('0.attn.v', 0, 1, 2))
    const lift = scores(model, of, { kind: 'DEEP_LIFT' }, { prompt, baseline })
    const slope = scores(model, of, GRADIENT, { prompt, baseline })
    expect(means).toHaveLength(3)
    lift.scores.forEach((score, i) => {
      expect(score).toBeCloseTo(slope.scores[i]!, 8)
    })
  })

  it('refuses what it cannot follow', () => {
    const model = prepareModel(randomModel(microConfig({ residual_activation_type: 'relu' }), 78))
    expect(() => scores(model, TOKENS, { kind: 'DEEP_LIFT' })).toThrow('changes the stream between layers')
    const plain = prepareModel(randomModel(microConfig(), 78))
    expect(() => scores(plain, TOKENS, { kind: 'DEEP_LIFT' }, { name: 'TARGET_PROBABILITY' })).toThrow(
      'not TARGET_PROBABILITY',
    )
  })
})

describe('direct logit attribution', () => {
  it('of all writes, with the bigram entry, is the logit difference (oracle 10)', () => {
    const model = prepareModel(
      randomModel(microConfig({ afrac: 0.6, enable_bigram_table: true, d_pos_emb: 2 }), 79),
    )
    const writes = [
      'embed',
      '0.attn.resid_delta',
      '0.mlp.resid_delta',
      '1.attn.resid_delta',
      '1.mlp.resid_delta',
    ]
    const of = new Map(writes.flatMap((tap) => [...at(tap, 0, 1, 2, 3, 4, 5)]))
    const answer = scores(model, channels(of), { kind: 'DIRECT_LOGIT' })
    const { bigramTable, logitBias } = model
    const [row, y, other] = [PROMPT.tokens.at(-1)! * 7, 2, 5]
    const aside = bigramTable![row + y]! - bigramTable![row + other]! + logitBias[y]! - logitBias[other]!
    // Against zero the scores are minus the contributions.
    expect(aside - sum(answer.scores)).toBeCloseTo(answer.values[0]!, 12)
  })

  it('gives a neuron what its write gets from it, and act_in nothing', () => {
    const model = prepareModel(randomModel(microConfig({ bias: false }), 80))
    const neurons = scores(model, channels(at('1.mlp.post_act', 0, 1, 2, 3, 4, 5, 6, 7, 8)), {
      kind: 'DIRECT_LOGIT',
    })
    const values = scores(model, channels(at('0.attn.v', 0, 1, 2, 3, 4, 5)), { kind: 'DIRECT_LOGIT' })
    const writes = (tap: string) =>
      scores(model, channels(at(tap, 0, 1, 2, 3, 4, 5)), { kind: 'DIRECT_LOGIT' })
    expect(sum(neurons.scores)).toBeCloseTo(sum(writes('1.mlp.resid_delta').scores), 12)
    expect(sum(values.scores)).toBeCloseTo(sum(writes('0.attn.resid_delta').scores), 12)
    expect(scores(model, channels(at('0.mlp.act_in', 1)), { kind: 'DIRECT_LOGIT' }).scores[0]).toBeNaN()
    expect(() =>
      scores(model, channels(at('embed', 1)), { kind: 'DIRECT_LOGIT' }, { name: 'TASK_LOSS' }),
    ).toThrow('no linear function')
  })
})

describe('attribution patching', () => {
  it('misses a saturated softmax, and its q and k repair does not (F8)', () => {
    const data = normFreeModel(
      { vocab_size: 2 },
      {
        'transformer.wte.weight': { '0,0': 20, '0,1': 1 },
        'transformer.h.0.attn.c_attn.weight': { '1,0': 1, '2,1': 1 },
        'transformer.h.0.attn.c_attn.bias': { '0': 1 },
        'transformer.h.0.attn.c_proj.weight': { '2,0': 1 },
        'lm_head.weight': { '0,2': 1 },
      },
    )
    const model = prepareModel(data)
    const prompt = promptOf([0, 1], 0, 1)
    // Exchanging the keys: k takes the values of the prompt with its tokens exchanged.
    const more = { prompt, baseline: corrupt([1, 0]) }
    const of = channels(at('0.attn.k', 0))
    const plain = scores(model, of, GRADIENT, more)
    const fixed = scores(model, of, { kind: 'ATTRIBUTION_PATCHING', qkFix: true, gradDrop: false }, more)
    const exact = plain.cuts[0]!.replaced[0]! - plain.values[0]!
    expect(exact).toBeCloseTo(-1, 8)
    expect(Math.abs(plain.scores[0]!)).toBeLessThan(1e-7)
    expect(fixed.scores[0]).toBeCloseTo(exact, 8)
  })

  it('with GradDrop sees what cancels between layers', () => {
    const model = prepareModel(randomModel(microConfig({ n_layer: 3 }), 81))
    const of = at('0.attn.v', 0, 1, 2)
    const answer = scores(model, channels(of), { kind: 'ATTRIBUTION_PATCHING', qkFix: false, gradDrop: true })
    expect(answer.scores.every((score) => score >= 0)).toBe(true)
    expect(answer.cuts).toEqual([])
    // Without layer 1 and without layer 2 in turn; without its own layer there is no gradient: the mean of two.
    const plain = scores(model, channels(of), GRADIENT)
    expect(Array.from(answer.scores)).not.toEqual(Array.from(plain.scores, Math.abs))
  })
})

describe('heads', () => {
  it('are the sums of their v channels', () => {
    const model = prepareModel(randomModel(microConfig(), 82))
    const set = new Map([...at('0.attn.v', 0, 2, 3), ...at('1.attn.v', 4)])
    const heads = scores(model, { kind: 'HEADS', channels: set }, GRADIENT)
    const nodes = scores(model, channels(set), GRADIENT)
    expect(heads.labels).toEqual(['head(0.0)', 'head(0.1)', 'head(1.1)'])
    expect(Array.from(heads.scores)).toEqual([
      nodes.scores[0]! + nodes.scores[1]!,
      nodes.scores[2],
      nodes.scores[3],
    ])
  })
})

describe('F6, XOR of two inputs', () => {
  // Token 0 is (0, 0), token 3 is (1, 1): the two inputs are two channels of act_in.
  const data = normFreeModel(
    { d_mlp: 2, activation_type: 'relu', vocab_size: 4 },
    {
      'transformer.wte.weight': { '1,1': 1, '2,0': 1, '3,0': 1, '3,1': 1 },
      'transformer.h.0.mlp.c_fc.weight': { '0,0': 1, '0,1': 1, '1,0': 1, '1,1': 1 },
      'transformer.h.0.mlp.c_fc.bias': { '1': -1 },
      'transformer.h.0.mlp.c_proj.weight': { '2,0': 1, '2,1': -2 },
      'lm_head.weight': { '0,2': 1 },
    },
  )
  const model = prepareModel(data)
  const of = channels(at('0.mlp.act_in', 0, 1))
  const prompt = promptOf([3], 0, 1)
  const rounded = (values: Float64Array): number[] =>
    Array.from(values, (value) => Math.round(value * 1e9) / 1e9 + 0)

  it('at (1, 1) against (0, 0): gradient × activation −1, −1 as contributions, IG 0, 0, DeepLIFT 0, 0', () => {
    // Contribution sign is minus ours.
    expect(rounded(scores(model, of, GRADIENT, { prompt }).scores)).toEqual([1, 1])
    expect(rounded(scores(model, of, integrated(10), { prompt }).scores)).toEqual([0, 0])
    const lift = scores(model, of, { kind: 'DEEP_LIFT' }, { prompt, baseline: corrupt([0]) })
    expect(rounded(lift.scores)).toEqual([0, 0])
  })
})

function linearLayer() {
  const data = normFreeModel(
    { n_head: 1, d_head: 3, vocab_size: 3 },
    {
      'transformer.wte.weight': { '0,0': 1, '0,1': 2, '1,0': -3, '1,1': 1 },
      'transformer.h.0.attn.c_attn.weight': { '6,0': 2, '7,0': -1, '7,1': 1, '8,1': 0.5 },
      'transformer.h.0.attn.c_proj.weight': { '2,0': 1, '2,1': 3, '2,2': -4 },
      'lm_head.weight': { '0,2': 1 },
    },
  )
  return { model: prepareModel(data), means: [-2, 2.5, 0.75] }
}

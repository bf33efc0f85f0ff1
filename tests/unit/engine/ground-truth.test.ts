/** Circuits whose answers are known in closed form (algorithms.md F3–F6, F8, F11, F12), run through the real engine. */

import type { SparseModelData } from '../../../src/domain/sparse-model-data.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import type { Replacement } from '../../support/by-hand.js'
import { gradientsByHand, meansOf, measureByHand, promptOf, runByHand } from '../../support/by-hand.js'
import { NEUTRAL_WIDTH, normFreeModel } from '../../support/micro-model.js'

const set = (tap: string, index: number, value: number, position: number | null = null): Replacement => ({
  tap,
  index,
  position,
  value,
})

/** Logit of `token` at the last position. */
function lastLogit(
  data: SparseModelData,
  tokens: readonly number[],
  token: number,
  replacements: readonly Replacement[] = [],
): number {
  const { logits, vocabulary } = runByHand(prepareModel(data), tokens, { replacements })
  return logits[(tokens.length - 1) * vocabulary + token]!
}

describe('a model whose norms do nothing', () => {
  it('gives every act_in channel the residual value to the last bit', () => {
    const data = normFreeModel(
      { vocab_size: 2 },
      { 'transformer.wte.weight': { '0,0': 1 / 3, '0,1': -2.7, '1,2': 5 } },
    )
    const { taps } = runByHand(prepareModel(data), [0, 1], { record: ['0.attn.act_in', '0.mlp.act_in'] })
    for (const { values } of taps) {
      expect(Array.from(values.subarray(0, 3))).toEqual([1 / 3, -2.7, 0])
      expect(values[NEUTRAL_WIDTH - 1]).toBe(0)
      expect(values[NEUTRAL_WIDTH + 2]).toBe(5)
    }
  })
})

describe('F3, a linear layer', () => {
  // One position attends to itself, so y = u·(x + B A x) with hidden h = A x read at v.
  const a = [2, -1, 0.5]
  const b = [1, 3, -4]
  const data = normFreeModel(
    { n_head: 1, d_head: 3, vocab_size: 3 },
    {
      'transformer.wte.weight': { '0,0': 1, '0,1': 2, '1,0': -3, '1,1': 1 },
      'transformer.h.0.attn.c_attn.weight': { '6,0': a[0]!, '7,0': a[1]!, '7,1': 1, '8,1': a[2]! },
      'transformer.h.0.attn.c_proj.weight': { '2,0': b[0]!, '2,1': b[1]!, '2,2': b[2]! },
      'lm_head.weight': { '0,2': 1 },
    },
  )
  const model = prepareModel(data)
  const means = meansOf(model, [[0], [1]]).get('0.attn.v')!
  const hidden = [2, 1, 1] // A x of token 0
  const contribution = hidden.map((h, j) => b[j]! * (h - means[j]!))

  it('takes the mean of the hidden channels over the reference set', () => {
    expect(Array.from(means)).toEqual([-2, 2.5, 0.75])
  })

  it('is additive over every subset of mean-ablated channels', () => {
    const full = lastLogit(data, [0], 0)
    expect(full).toBe(2 * 1 + 1 * 3 + 1 * -4)
    for (let subset = 0; subset < 8; subset++) {
      const out = [0, 1, 2].filter((j) => (subset >> j) & 1)
      const ablated = lastLogit(
        data,
        [0],
        0,
        out.map((j) => set('0.attn.v', j, means[j]!)),
      )
      expect(full - ablated).toBeCloseTo(
        out.reduce((sum, j) => sum + contribution[j]!, 0),
        13,
      )
    }
  })

  it('has gradient times difference equal to exact ablation', () => {
    const answer = gradientsByHand(model, {
      prompts: [promptOf([0], 0, 1)],
      metric: 'LOGIT_DIFFERENCE',
      taps: ['0.attn.v'],
    })
    const { gradients: slope, activations } = answer.prompts[0]!.taps[0]!
    expect(Array.from(activations)).toEqual(hidden)
    hidden.forEach((h, j) => {
      expect(slope[j]! * (h - means[j]!)).toBeCloseTo(contribution[j]!, 13)
    })
  })
})

describe('F4, an OR of two heads', () => {
  // Each head writes 1 to channel 0; the MLP gives 1 − relu(1 − (h₁ + h₂)) to channel 1.
  const data = normFreeModel(
    { n_head: 2, d_head: 1, d_mlp: 1, activation_type: 'relu', vocab_size: 2 },
    {
      'transformer.h.0.attn.c_attn.bias': { '4': 1, '5': 1 },
      'transformer.h.0.attn.c_proj.weight': { '0,0': 1, '0,1': 1 },
      'transformer.h.0.mlp.c_fc.weight': { '0,0': -1 },
      'transformer.h.0.mlp.c_fc.bias': { '0': 1 },
      'transformer.h.0.mlp.c_proj.weight': { '1,0': -1 },
      'transformer.h.0.mlp.c_proj.bias': { '1': 1 },
      'lm_head.weight': { '0,1': 1 },
    },
  )

  it('answers 0, 1, 1, 1', () => {
    for (const [h1, h2, or] of [
      [0, 0, 0],
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 1],
    ] as const) {
      expect(lastLogit(data, [0], 0, [set('0.attn.v', 0, h1), set('0.attn.v', 1, h2)])).toBe(or)
    }
  })

  it('hides both heads from leave-one-out and from the gradient', () => {
    const prompts = [promptOf([0], 0, 1)]
    const { values } = measureByHand(prepareModel(data), {
      prompts,
      metrics: ['LOGIT_DIFFERENCE'],
      variants: [
        [],
        [set('0.attn.v', 0, 0)],
        [set('0.attn.v', 1, 0)],
        [set('0.attn.v', 0, 0), set('0.attn.v', 1, 0)],
      ],
    })
    expect(values.map((variant) => variant[0]![0])).toEqual([1, 1, 1, 0])
    const answer = gradientsByHand(prepareModel(data), {
      prompts,
      metric: 'LOGIT_DIFFERENCE',
      taps: ['0.attn.v'],
    })
    // The live final norm lets a trace of the write through: one part in 2⁶⁰.
    for (const slope of answer.prompts[0]!.taps[0]!.gradients) expect(Math.abs(slope)).toBeLessThan(2 ** -58)
  })
})

describe('F5, an AND over the prompt', () => {
  const data = normFreeModel(
    { d_mlp: 1, activation_type: 'relu', vocab_size: 2 },
    {
      'transformer.wte.weight': { '1,0': 1 },
      'transformer.h.0.attn.c_attn.weight': { '2,0': 1 },
      'transformer.h.0.attn.c_proj.weight': { '1,0': 1 },
      'transformer.h.0.mlp.c_fc.weight': { '0,1': 1 },
      'transformer.h.0.mlp.c_fc.bias': { '0': -(1 - 1e-5) },
      'transformer.h.0.mlp.c_proj.weight': { '2,0': 1e5 },
      'lm_head.weight': { '0,2': 1 },
    },
  )

  it('is 1 when every token is a one and 0 when any is not', () => {
    expect(lastLogit(data, [1, 1, 1], 0)).toBeCloseTo(1, 10)
    for (const tokens of [
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
      [0, 0, 1],
    ])
      expect(lastLogit(data, tokens, 0)).toBeCloseTo(0, 10)
  })
})

describe('F6, an XOR in the MLP', () => {
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
  const table = (...replacements: Replacement[]) =>
    [0, 1, 2, 3].map((token) => lastLogit(data, [token], 0, replacements))
  const means = meansOf(prepareModel(data), [[0], [1], [2], [3]]).get('0.mlp.post_act')!

  it('computes XOR with hidden means 1 and ¼', () => {
    expect(table()).toEqual([0, 1, 1, 0])
    expect(Array.from(means)).toEqual([1, 0.25])
  })

  it('gives the tables of mean and zero ablation', () => {
    expect(table(set('0.mlp.post_act', 0, means[0]!))).toEqual([1, 1, 1, -1])
    expect(table(set('0.mlp.post_act', 1, means[1]!))).toEqual([-0.5, 0.5, 0.5, 1.5])
    expect(table(set('0.mlp.post_act', 0, 0))).toEqual([0, 0, 0, -2])
    expect(table(set('0.mlp.post_act', 1, 0))).toEqual([0, 1, 1, 2])
    expect(table(set('0.mlp.post_act', 0, means[0]!), set('0.mlp.post_act', 1, means[1]!))).toEqual([
      0.5, 0.5, 0.5, 0.5,
    ])
  })
})

describe('F8, a saturated softmax', () => {
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

  it('has almost no slope where exchanging the keys changes everything', () => {
    const answer = gradientsByHand(prepareModel(data), {
      prompts: [promptOf([0, 1], 0, 1)],
      metric: 'LOGIT_DIFFERENCE',
      taps: ['0.attn.k'],
    })
    const weight = 1 / (1 + Math.exp(-20))
    expect(answer.prompts[0]!.taps[0]!.gradients[0]).toBeCloseTo(weight * (1 - weight), 15)
    const swapped = lastLogit(data, [0, 1], 0, [set('0.attn.k', 0, 0, 0), set('0.attn.k', 0, 20, 1)])
    expect(swapped - lastLogit(data, [0, 1], 0)).toBeCloseTo(-1, 8)
  })
})

describe('F11, closing a string', () => {
  // Token 1 opens with a double, token 2 with a single quote, token 0 is anything else.
  // Channel 0 detects a quote, channel 1 tells its type; one head looks for the quote and copies the type to channel 2.
  const DET = 0
  const TYPE = 1
  const beta = Math.log(9)
  const data = normFreeModel(
    { vocab_size: 5, block_size: 10 },
    {
      'transformer.wte.weight': { '1,0': 1, '1,1': 1, '2,0': 1, '2,1': -1 },
      'transformer.h.0.attn.c_attn.weight': { '1,0': beta, '2,1': 1 },
      'transformer.h.0.attn.c_attn.bias': { '0': 1 },
      'transformer.h.0.attn.c_proj.weight': { '2,0': 1 },
      'lm_head.weight': { '3,2': 1, '4,2': -1 },
    },
  )
  const prompt = (quote: number) => [0, 0, quote, 0, 0, 0, 0, 0, 0, 0]
  const y = (quote: number, ...replacements: Replacement[]) => lastLogit(data, prompt(quote), 3, replacements)

  it('copies type·e^β/(e^β + T − 1): ±½ on ten tokens with β = ln 9', () => {
    expect(y(1)).toBeCloseTo(0.5, 14)
    expect(y(2)).toBeCloseTo(-0.5, 14)
  })

  it('without the detector attends evenly: ±1/T', () => {
    expect(y(1, set('0.attn.act_in', DET, 0))).toBeCloseTo(0.1, 14)
    expect(y(2, set('0.attn.act_in', DET, 0))).toBeCloseTo(-0.1, 14)
  })

  it('answers 0 when the type, v or the write takes its mean over a balanced set', () => {
    const means = meansOf(prepareModel(data), [prompt(1), prompt(2)])
    expect(means.get('0.attn.act_in')![TYPE]).toBe(0)
    for (const [tap, index] of [
      ['0.attn.act_in', TYPE],
      ['0.attn.v', 0],
      ['0.attn.resid_delta', 2],
    ] as const) {
      expect(y(1, set(tap, index, means.get(tap)![index]!))).toBeCloseTo(0, 14)
    }
  })

  it('needs q under zero ablation only: the constant q is its own mean', () => {
    const means = meansOf(prepareModel(data), [prompt(1), prompt(2)])
    expect(means.get('0.attn.q')![0]).toBe(1)
    expect(y(1, set('0.attn.q', 0, means.get('0.attn.q')![0]!))).toBe(y(1))
    expect(y(1, set('0.attn.q', 0, 0))).toBeCloseTo(0.1, 14)
  })
})

describe('F12, bracket depth', () => {
  // Token 1 opens a bracket. Layer 0 averages the brackets into channel 1; layer 1 holds s = 160·depth against a sink.
  const opened = {
    'transformer.wte.weight': { '1,0': 1 },
    'transformer.h.0.attn.c_attn.weight': { '2,0': 1 },
    'transformer.h.0.attn.c_proj.weight': { '1,0': 1 },
  }
  const gate = normFreeModel(
    { n_layer: 2, vocab_size: 3, block_size: 16, sink: true },
    {
      ...opened,
      'transformer.h.0.attn.attn_imp.sink_logit': { '0': -1e4 },
      'transformer.h.1.attn.c_attn.weight': { '0,1': 160 },
      'transformer.h.1.attn.c_attn.bias': { '1': 1, '2': 1 },
      'transformer.h.1.attn.c_proj.weight': { '2,0': 1 },
      'transformer.h.1.attn.attn_imp.sink_logit': { '0': Math.log(8) + 30 },
      'lm_head.weight': { '0,2': 1 },
    },
  )
  const brackets = (length: number, open: number) => Array.from({ length }, (_, t) => (t < open ? 1 : 0))
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

  it('is n_open/(t + 1) by uniform attention, and n_open/(t + 1 + e^b) with a sink b', () => {
    const depth = (
      fields: Readonly<Record<string, unknown>>,
      sink: Readonly<Record<string, Readonly<Record<string, number>>>>,
    ) => normFreeModel({ vocab_size: 3, ...fields }, { ...opened, ...sink, 'lm_head.weight': { '0,1': 1 } })
    const b = 0.7
    for (const [length, open] of [
      [1, 1],
      [4, 2],
      [8, 3],
    ] as const) {
      expect(lastLogit(depth({}, {}), brackets(length, open), 0)).toBeCloseTo(open / length, 14)
      const withSink = depth({ sink: true }, { 'transformer.h.0.attn.attn_imp.sink_logit': { '0': b } })
      expect(lastLogit(withSink, brackets(length, open), 0)).toBeCloseTo(open / (length + Math.exp(b)), 14)
    }
  })

  it('opens a gate at nesting two, and closes it again when the context is diluted', () => {
    expect(lastLogit(gate, brackets(8, 1), 0)).toBeCloseTo(sigmoid(-10), 12)
    expect(lastLogit(gate, brackets(8, 2), 0)).toBeCloseTo(sigmoid(10), 12)
    expect(lastLogit(gate, brackets(16, 2), 0)).toBeCloseTo(sigmoid(Math.LN2 - 10), 12)
    expect(sigmoid(Math.LN2 - 10)).toBeCloseTo(9.08e-5, 7)
  })
})

/** Ground truth and identities of algorithms.md §6–7 that speak of several questions at once: F7, oracles 8, 17, 20. */
import fc from 'fast-check'
import type { GradientMethod } from '../../../src/domain/experiment/attribution.js'
import { allOf, channelSet } from '../../../src/domain/experiment/channel-set.js'
import { LIVE_GATES, type Measurement } from '../../../src/domain/experiment/measurement.js'
import { runToEnd } from '../../../src/domain/steps.js'
import { geluSlope } from '../../../src/engine/activation.js'
import { attribute } from '../../../src/engine/gradients/attribute.js'
import { measure } from '../../../src/engine/measure.js'
import { maskableSites, weightEdges } from '../../../src/model/model-graph.js'
import { type PreparedModel, prepareModel } from '../../../src/model/prepared-model.js'
import { measurement } from '../../support/as-measurement.js'
import { gradientsByHand, promptOf } from '../../support/by-hand.js'
import { microConfig, NEUTRAL_WIDTH, normFreeModel, randomModel } from '../../support/micro-model.js'
import { seededRandom } from '../../support/seeded-random.js'

describe('F7, a product of a query and a key', () => {
  // One position and a sink: the weight is σ(q·k), which is ½ + q·k/4 for small q and k; the logit takes it 4/ε² times.
  const epsilon = 2 ** -9
  const data = normFreeModel(
    { vocab_size: 2, sink: true },
    {
      'transformer.wte.weight': { '0,0': 2, '0,1': 2, '1,0': 1, '1,1': 1 },
      'transformer.h.0.attn.c_attn.weight': { '0,0': epsilon, '1,1': epsilon },
      'transformer.h.0.attn.c_attn.bias': { '2': 1 },
      'transformer.h.0.attn.c_proj.weight': { '2,0': 1 },
      'lm_head.weight': { '0,2': 4 / epsilon ** 2 },
    },
  )
  const model = prepareModel(data)
  const prompt = promptOf([0], 0, 1)
  const base = { kind: 'FROM_PROMPTS' as const, prompts: [[1]] }
  const of = channelSet([
    { tap: '0.attn.act_in', index: 0 },
    { tap: '0.attn.act_in', index: 1 },
  ])
  const ablated = (indices: readonly number[]): number => {
    const request = measurement({
      prompts: [prompt],
      sets: [
        {
          channels: channelSet(indices.map((index) => ({ tap: '0.attn.act_in', index }))),
          complement: false,
        },
      ],
      fills: [base],
      variants: [{ replaced: [{ set: 0, positions: null }], links: [], fill: 0 }],
    })
    return runToEnd(measure(model, request)).values[0]!
  }
  const scores = (method: GradientMethod): number[] =>
    Array.from(
      runToEnd(
        attribute(model, {
          modelId: 'm',
          prompts: [prompt],
          metric: { name: 'LOGIT_DIFFERENCE', against: null },
          method,
          of: { kind: 'CHANNELS', channels: of },
          baseline: base,
          background: { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } },
          gates: LIVE_GATES,
        }),
      ).scores,
    )

  it('drops by 2 without either, by 3 without both: an interaction of 1', () => {
    const full = ablated([])
    expect(full - ablated([0])).toBeCloseTo(2, 6)
    expect(full - ablated([1])).toBeCloseTo(2, 6)
    expect(full - ablated([0, 1])).toBeCloseTo(3, 6)
    expect(full - ablated([0]) - ablated([1]) + ablated([0, 1])).toBeCloseTo(1, 6)
  })

  it('is −2, −2 by attribution patching and −3/2, −3/2 by integrated gradients', () => {
    const patched = scores({ kind: 'GRADIENT_TIMES_ACTIVATION' })
    const integrated = scores({ kind: 'INTEGRATED_GRADIENTS', steps: 8, rule: 'MIDPOINT', maxSteps: 8 })
    for (const score of patched) expect(score).toBeCloseTo(-2, 6)
    for (const score of integrated) expect(score).toBeCloseTo(-1.5, 6)
  })
})

/** A model whose norms do nothing, with random weights that leave the loud last channel alone. */
function normFree(seed: number, fields: Readonly<Record<string, unknown>>, bias: boolean): PreparedModel {
  const random = seededRandom(seed)
  const channels = NEUTRAL_WIDTH - 1
  const table = (rows: number, columns: number, size: number): Record<string, number> => {
    const entries: Record<string, number> = {}
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        if (random.next() < 0.5) entries[`${r},${c}`] = size * (2 * random.next() - 1)
    return entries
  }
  const weights: Record<string, Record<string, number>> = {
    'transformer.wte.weight': table(3, 6, 1),
    'lm_head.weight': table(3, channels, 1),
  }
  for (const i of [0, 1]) {
    // Rows of v alone: with one position there is nothing to choose between.
    const values = table(3, channels, 0.5)
    weights[`transformer.h.${i}.attn.c_attn.weight`] = Object.fromEntries(
      Object.entries(values).map(([place, value]) => {
        const [row, column] = place.split(',').map(Number) as [number, number]
        return [`${6 + row},${column}`, value]
      }),
    )
    weights[`transformer.h.${i}.attn.c_proj.weight`] = table(channels, 3, 0.5)
    weights[`transformer.h.${i}.mlp.c_fc.weight`] = table(4, channels, 0.5)
    weights[`transformer.h.${i}.mlp.c_proj.weight`] = table(channels, 4, 0.5)
    if (bias) weights[`transformer.h.${i}.mlp.c_fc.bias`] = { '0': 0.3, '2': -0.2 }
  }
  const config = { n_layer: 2, n_head: 1, d_head: 3, d_mlp: 4, vocab_size: 3, ...fields }
  return prepareModel(normFreeModel(config, weights))
}

describe('oracle 8, Euler', () => {
  it('Σ x ∂f/∂x = f for a ReLU network without biases', () => {
    for (const seed of [1, 2, 3]) {
      const model = normFree(seed, { activation_type: 'relu' }, false)
      const { value, taps } = gradientsByHand(model, {
        prompts: [promptOf([1], 0, 2)],
        metric: 'LOGIT_DIFFERENCE',
        taps: ['embed'],
      }).prompts[0]!
      const { activations, gradients } = taps[0]!
      // The loud channel only holds the norms still; no logit reads it.
      let sum = 0
      for (let c = 0; c < NEUTRAL_WIDTH - 1; c++) sum += activations[c]! * gradients[c]!
      expect(Math.abs(value)).toBeGreaterThan(1e-3)
      expect(sum).toBeCloseTo(value, 7)
    }
  })
})

describe('oracle 17, paths and the chain rule', () => {
  it('the products of derivatives along all paths from a node to the logits add up to its gradient', () => {
    const model = normFree(4, {}, true)
    const [target, alternative] = [0, 2]
    const sites = maskableSites(model.config)
    const taps = sites.map(({ tap }) => tap)
    const found = gradientsByHand(model, {
      prompts: [promptOf([1], target, alternative)],
      metric: 'LOGIT_DIFFERENCE',
      taps,
    }).prompts[0]!.taps
    const activation = (site: number, index: number): number => found[site]!.activations[index]!
    const edges = weightEdges(model, null)

    /** Σ over paths, by walking every one of them. */
    let walked = 0
    const along = (site: number, index: number): number => {
      const { tap, layer, block, channel } = sites[site]!
      if (channel === 'resid_delta') {
        walked++
        const direct = unembedding(index, target) - unembedding(index, alternative)
        const reads = sites.flatMap((reader, r) =>
          reader.channel === 'act_in' &&
          (reader.layer > layer || (reader.layer === layer && block === 'attn' && reader.block === 'mlp'))
            ? [along(r, index)]
            : [],
        )
        return direct + reads.reduce((a, b) => a + b, 0)
      }
      if (tap.endsWith('.q') || tap.endsWith('.k')) return 0
      let sum = 0
      for (let e = 0; e < edges.count; e++) {
        if (edges.sourceSite[e] !== site || edges.sourceIndex[e] !== index) continue
        const to = edges.targetSite[e]!
        const row = edges.targetIndex[e]!
        sum += edges.weight[e]! * slope(to, row) * along(to, row)
      }
      return sum
    }
    const unembedding = (channel: number, token: number): number => {
      const { columnStart, row, value } = model.unembedding
      for (let p = columnStart[channel]!; p < columnStart[channel + 1]!; p++)
        if (row[p] === token) return value[p]!
      return 0
    }
    const slope = (site: number, row: number): number => {
      const { layer, channel } = sites[site]!
      if (channel !== 'post_act') return 1
      const input = sites.findIndex((one) => one.tap === `${layer}.mlp.act_in`)
      let pre = model.layers[layer]!.mlpIn.bias?.[row] ?? 0
      for (let e = 0; e < edges.count; e++)
        if (edges.targetSite[e] === site && edges.targetIndex[e] === row)
          pre += edges.weight[e]! * activation(input, edges.sourceIndex[e]!)
      return geluSlope(pre)
    }
    let compared = 0
    sites.forEach(({ tap, width }, site) => {
      for (let index = 0; index < Math.min(width, 6); index++) {
        const gradient = found[site]!.gradients[index]!
        expect(along(site, index)).toBeCloseTo(gradient, 7)
        if (Math.abs(gradient) > 1e-3 && !/[qk]$/.test(tap)) compared++
      }
    })
    expect(compared).toBeGreaterThan(15)
    expect(walked).toBeGreaterThan(1_000)
  })
})

describe('oracle 20, reproducibility', () => {
  it('the order of the examples and how many are asked together change no bit of any of them', () => {
    const model = prepareModel(randomModel(microConfig({ afrac: 0.4, sink: true }), 17))
    const sites = maskableSites(model.config)
    const prompts = [
      promptOf([3, 0, 6, 6, 1], 2, 5),
      promptOf([1, 4, 2], 0, 3),
      promptOf([5, 5, 0, 2], 6),
      promptOf([2, 6, 3, 1, 4, 0]),
    ]
    const request: Measurement = measurement({
      prompts,
      names: ['TASK_LOSS', 'KL_DIVERGENCE', 'ACCURACY'],
      universe: allOf(sites),
      sets: [0, 1, 2].map((index) => ({
        channels: channelSet([{ tap: '0.mlp.post_act', index }]),
        complement: false,
      })),
      fills: [{ kind: 'CONSTANT', value: 0.1 }],
      variants: [0, 1, 2].map((set) => ({ replaced: [{ set, positions: null }], links: [], fill: 0 })),
    })
    const of = (order: readonly number[]): number[][] => {
      const { values } = runToEnd(measure(model, { ...request, prompts: order.map((p) => prompts[p]!) }))
      return order.map((_, at) => Array.from(values).filter((__, i) => i % order.length === at))
    }
    const straight = of([0, 1, 2, 3])
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 }), (order) => {
        expect(of(order)).toEqual(order.map((p) => straight[p]))
      }),
      { numRuns: 20 },
    )
  })
})

/** Optimal constants against closed forms, central differences and the runs that they promise. */

import { allOf, channelSet } from '../../../src/domain/experiment/channel-set.js'
import type { ConstantFit } from '../../../src/domain/experiment/constant-fit.js'
import { LIVE_GATES } from '../../../src/domain/experiment/measurement.js'
import type { MetricName } from '../../../src/domain/experiment/metric.js'
import { runToEnd } from '../../../src/domain/steps.js'
import { fitConstants } from '../../../src/engine/constant-fit.js'
import { measure } from '../../../src/engine/measure.js'
import { minimise } from '../../../src/engine/minimise.js'
import { tapPlace } from '../../../src/engine/tap-names.js'
import { maskableSites } from '../../../src/model/model-graph.js'
import { type PreparedModel, prepareModel } from '../../../src/model/prepared-model.js'
import { measurement } from '../../support/as-measurement.js'
import { meansOf, promptOf } from '../../support/by-hand.js'
import { microConfig, normFreeModel, randomModel } from '../../support/micro-model.js'
import { seededRandom } from '../../support/seeded-random.js'

/** What was reported, done and total. */
function progressOf(model: PreparedModel, request: ConstantFit): readonly (readonly [number, number])[] {
  const seen: [number, number][] = []
  runToEnd(fitConstants(model, request, (done, total) => seen.push([done, total])))
  return seen
}

const metricOf = (name: MetricName) => ({ name, against: null })

function fitOf(
  model: PreparedModel,
  places: readonly { readonly tap: string; readonly index: number }[],
  given: Partial<ConstantFit> & Pick<ConstantFit, 'prompts'>,
): ConstantFit {
  const channels = channelSet(places)
  const zeros = new Map(
    [...channels.keys()].map((tap) => [tap, new Float64Array(tapPlace(model.config, tap).width!)]),
  )
  return {
    modelId: model.id,
    metric: metricOf('TASK_LOSS'),
    sense: 1,
    replaced: [{ channels, positions: null }],
    start: zeros,
    maxSteps: 100,
    gates: LIVE_GATES,
    ...given,
  }
}

/** Mean metric of runs with these constants, measured as an ablation would be. */
function measured(model: PreparedModel, request: ConstantFit, values: ConstantFit['start']): number {
  const { prompts, metric, replaced, gates } = request
  const asked = measurement({
    prompts,
    names: [metric.name],
    sets: replaced.map(({ channels }) => ({ channels, complement: false })),
    positions: replaced.flatMap(({ positions }) => (positions === null ? [] : [positions])),
    fills: [{ kind: 'PER_CHANNEL', values }],
    variants: [
      {
        replaced: replaced.map(({ positions }, set) => ({ set, positions: positions === null ? null : 0 })),
        links: [],
        fill: 0,
      },
    ],
    gates,
  })
  const answer = runToEnd(measure(model, asked)).values
  return answer.reduce((sum, value) => sum + value, 0) / prompts.length
}

describe('the optimal constant of a linear model', () => {
  // Token 0 writes 3 into channel 0 (through the MLP neuron, relu), logit(1) reads channel 1 with weight 2.
  const model = prepareModel(
    normFreeModel(
      { activation_type: 'relu', vocab_size: 3 },
      {
        'transformer.wte.weight': { '0,0': 1, '1,0': 2 },
        'transformer.h.0.mlp.c_fc.weight': { '0,0': 1 },
        'transformer.h.0.mlp.c_proj.weight': { '1,0': 1, '2,0': 5 },
        'lm_head.weight': { '1,1': 2, '2,0': -0.5 },
      },
    ),
  )
  // ℓ_1 − ℓ_2 = 2 · resid_delta[1] + ½ · embed[0]: on [0] that is 2c + ½, on [1] 2c + 1.
  const write = { tap: '0.mlp.resid_delta', index: 1 }

  it('balances two prompts with opposite answers', () => {
    const prompts = [promptOf([0], 1, 2), promptOf([1], 2, 1)]
    const found = runToEnd(fitConstants(model, fitOf(model, [write], { prompts })))
    // The losses are softplus(−2c − ½) and softplus(2c + 1): best where 2c + ½ = −2c − 1.
    expect(found.values.get(write.tap)![1]).toBeCloseTo(-3 / 8, 7)
    expect(found.after).toBeCloseTo(Math.log1p(Math.exp(1 / 4)), 12)
    expect(found.before).toBeCloseTo((Math.log1p(Math.exp(-0.5)) + Math.log1p(Math.exp(1))) / 2, 12)
    expect(found.converged).toBe(true)
  })

  it('gives the log odds of three against one', () => {
    const one = promptOf([0], 1, 2)
    const prompts = [one, one, one, promptOf([0], 2, 1)]
    const found = runToEnd(fitConstants(model, fitOf(model, [write], { prompts })))
    expect(2 * found.values.get(write.tap)![1]! + 0.5).toBeCloseTo(Math.log(3), 6)
    const entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25))
    expect(found.after).toBeCloseTo(entropy, 12)
  })

  it('through the weight in front of it is as much smaller, and leaves what does not matter at the start', () => {
    const neuron = { tap: '0.mlp.post_act', index: 0 }
    const unread = { tap: '0.mlp.resid_delta', index: 7 }
    const prompts = [promptOf([0], 1, 2), promptOf([1], 2, 1)]
    const start = new Map([
      [neuron.tap, new Float64Array(2)],
      [unread.tap, new Float64Array(16).fill(4)],
    ])
    const found = runToEnd(fitConstants(model, fitOf(model, [neuron, unread], { prompts, start })))
    expect(found.values.get(neuron.tap)![0]).toBeCloseTo(-3 / 8, 7)
    expect(found.values.get(unread.tap)!).toEqual(new Float64Array(16).fill(4))
  })

  it('makes a metric large where that is better, and says when it did not come to rest', () => {
    const prompts = [promptOf([0], 1, 2)]
    const found = runToEnd(
      fitConstants(
        model,
        fitOf(model, [write], { prompts, metric: metricOf('LOGIT_DIFFERENCE'), sense: -1, maxSteps: 1 }),
      ),
    )
    expect(found.before).toBe(0.5)
    expect(found.after).toBeGreaterThan(found.before)
    expect(found).toMatchObject({ converged: false, steps: 1 })
  })

  it('acts at the given positions only', () => {
    // At position 0 the write is not seen by the last position's logits: nothing to be gained.
    const prompts = [promptOf([1, 0], 1, 2)]
    const replaced = [{ channels: channelSet([write]), positions: [Uint32Array.of(0)] }]
    const found = runToEnd(fitConstants(model, fitOf(model, [write], { prompts, replaced })))
    expect(found).toMatchObject({ steps: 0, converged: true })
    expect(found.after).toBe(found.before)
  })
})

describe.each([
  ['live', LIVE_GATES, {}],
  ['with AbsTopK', LIVE_GATES, { afrac: 0.5 }],
  ['with frozen norms and patterns', { norms: 'FROZEN', attention: 'FROZEN', topK: 'LIVE' }, {}],
] as const)('a fit on a random model, %s', (_, gates, fields) => {
  const model = prepareModel(randomModel(microConfig({ sink: true, ...fields }), 17))
  const prompts = [promptOf([3, 0, 6, 6, 1], 2, 5), promptOf([1, 1, 4], 5, 2), promptOf([2, 5, 0, 3])]
  const means = meansOf(model, [
    [0, 1, 2, 3],
    [4, 5, 6],
  ])
  const everything = allOf(maskableSites(model.config))
  const start = new Map([...everything.keys()].map((tap) => [tap, means.get(tap)!]))
  const request = fitOf(model, [], {
    prompts,
    gates,
    start,
    replaced: [{ channels: everything, positions: null }],
  })

  it('never loses, reports what a measurement measures, and gains with steps', () => {
    let last = Number.POSITIVE_INFINITY
    for (const maxSteps of [1, 2, 4, 8, 32]) {
      const found = runToEnd(fitConstants(model, { ...request, maxSteps }))
      expect(found.before).toBeCloseTo(measured(model, request, start), 12)
      expect(found.after).toBeCloseTo(measured(model, request, found.values), 12)
      expect(found.after).toBeLessThanOrEqual(last)
      last = found.after
    }
    expect(last).toBeLessThan(0.9 * measured(model, request, start))
  })

  it('goes down the true slope: central differences of the measured metric', () => {
    const places = channelSet([
      { tap: '0.mlp.resid_delta', index: 2 },
      { tap: '1.attn.v', index: 4 },
      { tap: '0.attn.q', index: 1 },
    ])
    const some = { ...request, replaced: [{ channels: places, positions: null }] }
    // The first step is a unit along the slope.
    const slopes = [...places].flatMap(([tap, indices]) =>
      Array.from(indices, (index) => {
        const shifted = (by: number) => {
          const values = new Map(start)
          values.set(
            tap,
            start.get(tap)!.map((value, i) => (i === index ? value + by : value)),
          )
          return measured(model, some, values)
        }
        return (shifted(1e-5) - shifted(-1e-5)) / 2e-5
      }),
    )
    const { values, steps } = runToEnd(fitConstants(model, { ...some, maxSteps: 1 }))
    expect(steps).toBe(1)
    const moves = [...places].flatMap(([tap, indices]) =>
      Array.from(indices, (index) => values.get(tap)![index]! - start.get(tap)![index]!),
    )
    const length = (vector: readonly number[]) => Math.hypot(...vector)
    moves.forEach((move, i) => {
      expect(move / length(moves)).toBeCloseTo(-slopes[i]! / length(slopes), 6)
    })
  })

  it('of KL ends no worse as well', () => {
    const found = runToEnd(
      fitConstants(model, { ...request, metric: metricOf('KL_DIVERGENCE'), maxSteps: 5 }),
    )
    expect(found.after).toBeLessThan(found.before)
    expect(found.after).toBeGreaterThanOrEqual(0)
  })
})

describe('a fit refuses', () => {
  const model = prepareModel(randomModel(microConfig(), 3))
  const prompts = [promptOf([1, 2], 3, 4)]
  const place = { tap: '0.mlp.post_act', index: 0 }
  it.each<[string, Partial<ConstantFit>, RegExp]>([
    ['a metric without a gradient', { metric: metricOf('ACCURACY') }, /ACCURACY has no gradient/],
    ['nothing', { replaced: [] }, /nothing is replaced/],
    ['no step', { maxSteps: 0 }, /at least 1 step, not 0/],
    ['a start elsewhere', { start: new Map() }, /nowhere to begin at 0\.mlp\.post_act/],
    ['a short start', { start: new Map([[place.tap, new Float64Array(2)]]) }, /2 values .* expected 9/],
    ['no prompt', { prompts: [] }, /at least one prompt/],
    ['a prompt without a target', { prompts: [promptOf([1])] }, /undefined for the prompt/],
  ])('%s', (_, given, message) => {
    expect(() => runToEnd(fitConstants(model, fitOf(model, [place], { prompts, ...given })))).toThrow(message)
  })
})

describe('minimise', () => {
  function* rosenbrock(x: Float64Array) {
    yield
    const [a, b] = [x[0]!, x[1]!]
    return {
      value: (1 - a) ** 2 + 100 * (b - a * a) ** 2,
      gradient: Float64Array.of(-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)),
    }
  }

  it('finds the end of a curved valley', () => {
    const found = runToEnd(minimise(Float64Array.of(-1.2, 1), rosenbrock, 200))
    expect(found.converged).toBe(true)
    expect(found.at[0]).toBeCloseTo(1, 8)
    expect(found.at[1]).toBeCloseTo(1, 8)
    expect(found.steps).toBeLessThan(60)
  })

  it('solves a quadratic of many unequal curvatures', () => {
    const random = seededRandom(5)
    const curvature = Float64Array.from({ length: 30 }, () => 10 ** (4 * random.next() - 2))
    const best = Float64Array.from({ length: 30 }, () => random.next())
    const found = runToEnd(
      minimise(
        new Float64Array(30),
        function* (x) {
          yield
          return {
            value: x.reduce((sum, value, i) => sum + (curvature[i]! / 2) * (value - best[i]!) ** 2, 0),
            gradient: x.map((value, i) => curvature[i]! * (value - best[i]!)),
          }
        },
        1000,
      ),
    )
    found.at.forEach((value, i) => {
      expect(Math.abs(value - best[i]!) * Math.sqrt(curvature[i]!)).toBeLessThan(1e-6)
    })
  })

  it('stays where the function ends', () => {
    const found = runToEnd(
      minimise(
        Float64Array.of(1),
        function* (x) {
          yield
          return { value: x[0]! <= 0 ? Number.POSITIVE_INFINITY : x[0]!, gradient: Float64Array.of(1) }
        },
        50,
      ),
    )
    expect(found.at[0]).toBeGreaterThan(0)
    expect(found.value).toBeLessThan(1)
  })
})

describe('the progress of a fit', () => {
  const model = prepareModel(randomModel(microConfig(), 41))
  const request = fitOf(model, [{ tap: '0.mlp.post_act', index: 2 }], {
    prompts: [promptOf([1, 2, 3], 4, 5), promptOf([2, 0], 1, 3)],
  })

  it.each([1, 100])('counts every run toward one total, and ends there, of at most %d steps', (maxSteps) => {
    for (const metric of [metricOf('TASK_LOSS'), metricOf('KL_DIVERGENCE')]) {
      const seen = progressOf(model, { ...request, maxSteps, metric })
      const runs = metric.name === 'KL_DIVERGENCE' ? 4 : 2
      expect(new Set(seen.map(([, total]) => total))).toEqual(new Set([runs * (maxSteps + 1)]))
      expect(seen.at(-1)).toEqual([runs * (maxSteps + 1), runs * (maxSteps + 1)])
      expect(seen.slice(0, -1).map(([done]) => done)).toEqual(seen.slice(0, -1).map((_, i) => i + 1))
      expect(seen.length).toBeGreaterThan(2)
    }
  })
})

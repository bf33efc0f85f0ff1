/** One step: every back end against the float64 executor, and its gradient against finite differences. */
import * as tf from '@tensorflow/tfjs-core'
import { littleEndianBytes } from '../../../src/domain/little-endian.js'
import type { TrainingPlan } from '../../../src/domain/training/training-plan.js'
import type { Backend } from '../../../src/training/backends/backend.js'
import { newState } from '../../../src/training/optimising/training-state.js'
import { type ParameterLayout, parameterLayout } from '../../../src/training/parameter-layout.js'
import { plannedConfig } from '../../../src/training/planned-config.js'
import { lossAndGradient, lossOn } from '../../../src/training/training-step.js'
import { denseForward } from '../../support/dense-transformer.js'
import { microPlan } from '../../support/micro-plan.js'
import { expectNoTensorLeak } from '../../support/no-tensor-leak.js'
import { presentBackends } from '../../support/present-backends.js'
import { seededRandom } from '../../support/seeded-random.js'
import { toyText } from '../../support/toy-text.js'

const RMS_EPSILON = 2 ** -23
const PLANS: readonly [string, TrainingPlan][] = [
  ['the released sites', microPlan()],
  [
    'no AbsTopK, no sink, no bias',
    microPlan({ model: { afrac: null, sink: false, bias: false, bigramTable: false } }),
  ],
  ['concatenated positions', microPlan({ model: { positions: 'CONCATENATED', positionWidth: 3 } })],
  [
    'sinusoids and relu',
    microPlan({ model: { positions: 'SINUSOIDAL', positionWidth: 5, activation: 'relu' } }),
  ],
  [
    'added positions',
    microPlan({ model: { positions: 'ADDED', topKSites: ['mlp_neuron', 'resid_post_mlp'] } }),
  ],
  [
    'awkward widths',
    microPlan({ model: { heads: 3, dHead: 5, dModel: 21, dMlp: 35 }, batch: { length: 7 } }),
  ],
]

interface World {
  readonly plan: TrainingPlan
  readonly layout: ParameterLayout
  readonly weights: Float32Array
  readonly tokens: Int32Array
}

/** Large weights: the initial ones make every score nearly the same. */
function world(plan: TrainingPlan): World {
  const source = toyText(1)
  const layout = parameterLayout(plan, source.vocabulary.length)
  const { weights } = newState(plan, layout)
  const random = seededRandom(5)
  for (const { offset, length, isTrained } of layout.parameters)
    if (isTrained)
      for (let i = offset; i < offset + length; i++) weights[i] = weights[i]! + random.next() - 0.5
  const { sequences, length } = plan.batch
  return { plan, layout, weights, tokens: source.batch(0, sequences, length + 1) }
}

/** Mean cross-entropy by the textbook formulas, float64. */
function oracleLoss({ plan, layout, tokens }: World, weights: ArrayLike<number>): number {
  const config = plannedConfig(plan, 11)
  const tensors = layout.parameters.map(({ name, shape, offset, length }) => ({
    name,
    dtype: 'F64' as const,
    shape,
    bytes: littleEndianBytes(Float64Array.from({ length }, (_, i) => weights[offset + i]!)),
  }))
  const data = { id: 'x', config, tensors, referenceSet: null, vocabulary: null }
  const { sequences, length } = plan.batch
  let sum = 0
  for (let s = 0; s < sequences; s++) {
    const row = [...tokens.subarray(s * (length + 1), (s + 1) * (length + 1))]
    const logits = denseForward(data, row.slice(0, length), RMS_EPSILON)
    for (const [t, scores] of logits.entries()) {
      const peak = Math.max(...scores)
      sum +=
        Math.log(scores.reduce((all, score) => all + Math.exp(score - peak), 0)) + peak - scores[row[t + 1]!]!
    }
  }
  return sum / (sequences * length)
}

const stepOn = async (backend: Backend, { plan, layout, weights, tokens }: World) => {
  await backend.use()
  const { sequences: count, length } = plan.batch
  const given = { tokens, count, length }
  return expectNoTensorLeak(() => lossAndGradient(backend, plannedConfig(plan, 11), layout, weights, given))
}

describe.each(PLANS)('a step with %s', (_, plan) => {
  const made = world(plan)

  it('has the loss of the formulas and the gradient of finite differences, on every back end alike', async () => {
    const backends = await presentBackends()
    expect(backends.map(({ backend }) => backend)).toEqual(expect.arrayContaining(['wasm', 'cpu']))
    const wanted = oracleLoss(made, made.weights)
    const random = seededRandom(9)
    const slopes = made.layout.parameters
      .filter(({ isTrained }) => isTrained)
      .flatMap(({ offset, length }) => {
        const at = offset + random.below(length)
        const moved = (by: number) => {
          const weights = Float64Array.from(made.weights)
          weights[at] = weights[at]! + by
          return oracleLoss(made, weights)
        }
        return [{ at, slope: (moved(1e-6) - moved(-1e-6)) / 2e-6 }]
      })
    for (const backend of backends) {
      const { loss, gradient } = await stepOn(backend, made)
      expect(Math.abs(loss - wanted)).toBeLessThan(2e-6 * wanted)
      for (const { at, slope } of slopes) expect(Math.abs(gradient[at]! - slope)).toBeLessThan(2e-5)
    }
  }, 120_000)

  it('agrees in every element of the gradient to the tolerance of float32', async () => {
    const [first, ...others] = await presentBackends()
    const { gradient: wanted } = await stepOn(first!, made)
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    for (const backend of others) {
      const { gradient } = await stepOn(backend, made)
      const apart = gradient.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0)
      expect(apart).toBeLessThan(1e-5 * largest)
    }
  }, 120_000)

  it('leaves nothing that is frozen a gradient, and the loss alone leaves no tensor', async () => {
    const [backend] = await presentBackends()
    const { gradient } = await stepOn(backend!, made)
    for (const { isTrained, offset, length } of made.layout.parameters)
      if (!isTrained)
        expect(gradient.subarray(offset, offset + length).every((value) => value === 0)).toBe(true)
    const { sequences: count, length } = plan.batch
    const config = plannedConfig(plan, 11)
    const given = { tokens: made.tokens, count, length }
    const loss = await expectNoTensorLeak(() => lossOn(backend!, config, made.layout, made.weights, given))
    expect(loss).toBeCloseTo(oracleLoss(made, made.weights), 5)
    expect(tf.memory().numTensors).toBe(0)
  })
})

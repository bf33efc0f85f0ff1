import { PRESET_NAMES, trainingPreset } from '../../../../src/application/training-presets.js'
import { parseTrainingPlan } from '../../../../src/domain/training/parse-training-plan.js'
import { denseTwin, planHash } from '../../../../src/domain/training/training-plan.js'
import { microPlan } from '../../../support/micro-plan.js'

const refusal = (json: unknown): string => {
  try {
    parseTrainingPlan(json)
    return ''
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_INPUT' })
    return (error as Error).message
  }
}

describe('a training plan', () => {
  it.each(PRESET_NAMES)('%s, written as JSON and read again, is the same', (name) => {
    const plan = trainingPreset(
      name,
      name === 'python' ? { folder: 'some/folder', tokenizer: 'a.json' } : null,
    )
    const again = parseTrainingPlan(JSON.parse(JSON.stringify(plan)))
    expect(again).toEqual(plan)
    expect(planHash(again)).toBe(planHash(plan))
  })

  it('tells every fault at once, with its place', () => {
    const plan = microPlan()
    const { seed: _seed, ...rest } = plan
    const message = refusal({
      ...rest,
      name: '../up',
      colour: 'red',
      model: { ...plan.model, layers: 0, positions: 'SOMEWHERE', topKSites: ['attn_in', 'nowhere'] },
      optimiser: { ...plan.optimiser, gradient: 'CUT' },
    })
    for (const place of [
      'seed is missing',
      'name is',
      'colour is not a field',
      'model.layers is 0',
      'model.positions',
      'model.topKSites',
      'optimiser.gradient',
    ])
      expect(message).toContain(place)
  })

  it('leaves room for the nonzeros that every neuron is owed', () => {
    const plan = microPlan({ sparsity: { density: 0.2, leastPerNeuron: 2 } })
    expect(refusal(plan)).toMatch(
      /sparsity.density is 0.2: it leaves room for less than 2 nonzeros per neuron of c_attn/,
    )
  })

  it.each([
    ['no object', [], /the plan is \[\], not an object/],
    ['a part that is missing', { ...microPlan(), batch: undefined }, /batch is missing, not an object/],
    [
      'a width of positions without any',
      microPlan({ model: { positionWidth: 4 } }),
      /model.positionWidth goes with/,
    ],
    [
      'widths that heads do not divide',
      microPlan({ model: { heads: 3 } }),
      /model.dModel is 8, not a multiple of heads, 3/,
    ],
    [
      'an end before the beginning',
      microPlan({ sparsity: { annealFrom: 0.6 } }),
      /sparsity.annealTo is 0.5, before/,
    ],
    ['a step of no tokens', microPlan({ batch: { length: 0 } }), /batch.length is 0/],
    ['an ε of nothing', microPlan({ optimiser: { epsilon: 0 } }), /optimiser.epsilon is 0/],
  ])('refuses %s', (_, json, sentence) => {
    expect(refusal(json)).toMatch(sentence)
  })

  it('has a dense twin that differs in densities and name alone', () => {
    const plan = microPlan()
    const twin = denseTwin(plan)
    expect({ ...twin, name: plan.name, sparsity: plan.sparsity }).toEqual(plan)
    expect(twin.sparsity).toEqual({ ...plan.sparsity, density: 1, embeddingDensity: 1, biasDensity: 1 })
    expect(parseTrainingPlan(twin)).toEqual(twin)
  })
})

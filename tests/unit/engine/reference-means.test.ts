import { runToEnd } from '../../../src/domain/steps.js'
import { referenceMeans } from '../../../src/engine/reference-means.js'
import { maskableSites } from '../../../src/model/model-graph.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { meansOf, runByHand } from '../../support/by-hand.js'
import { handMadeModel, microConfig, randomModel } from '../../support/micro-model.js'

describe('channel means', () => {
  it('are taken over every token of every sequence, first one included, after AbsTopK', () => {
    const model = prepareModel(randomModel(microConfig({ afrac: 0.5 }), 41))
    const sequences = [[3, 0, 6], [1], [2, 2, 4, 5]]
    const means = meansOf(model, sequences)
    const taps = ['embed', ...maskableSites(model.config).map(({ tap }) => tap), 'final_resid']
    expect([...means.keys()]).toEqual(taps)
    for (const [tap, mean] of means) {
      const rows = sequences.flatMap((tokens) => {
        const { values } = runByHand(model, tokens, { record: [tap] }).taps[0]!
        return tokens.map((_, t) => values.subarray(t * mean.length, (t + 1) * mean.length))
      })
      mean.forEach((value, c) => {
        expect(value).toBeCloseTo(rows.reduce((sum, row) => sum + row[c]!, 0) / 8, 14)
      })
    }
  })

  it('lose nothing to rounding where large numbers cancel', () => {
    const data = handMadeModel(microConfig({ n_layer: 1 }), {
      'transformer.wte.weight': { '0,0': 1e16, '1,0': 1, '2,0': -1e16 },
    })
    const means = meansOf(prepareModel(data), [
      [0, 1],
      [2, 3],
    ])
    expect(means.get('embed')![0]).toBe(0.25)
  })

  it('are taken position by position where sequences have one length', () => {
    const model = prepareModel(randomModel(microConfig({ afrac: 0.5 }), 43))
    const sequences = [
      [3, 0, 6],
      [1, 5, 5],
    ]
    const request = { modelId: 'm', sequences, axis: 'PER_POSITION' } as const
    const means = runToEnd(referenceMeans(model, request))
    expect(means).toMatchObject({ positions: 3, tokens: 2 })
    for (const tap of ['embed', '0.attn.v', '1.mlp.post_act', 'final_resid']) {
      const rows = sequences.map((tokens) => runByHand(model, tokens, { record: [tap] }).taps[0]!.values)
      expect(Array.from(means.values.get(tap)!)).toEqual(
        Array.from(rows[0]!, (value, i) => (value + rows[1]![i]!) / 2),
      )
    }
    expect(() => runToEnd(referenceMeans(model, { ...request, sequences: [[1], [1, 2]] }))).toThrow(
      'means per position need sequences of one length: the first has 1 tokens, number 1 has 2',
    )
  })

  it('need a set', () => {
    const model = prepareModel(randomModel(microConfig(), 42))
    expect(() => meansOf(model, [])).toThrow('at least one sequence')
    expect(() => meansOf(model, [[1], []])).toThrow('at least one token')
  })
})

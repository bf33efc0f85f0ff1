import { channelMeans } from '../../../src/engine/channel-means.js'
import { runForward } from '../../../src/engine/run-forward.js'
import { runToEnd } from '../../../src/engine/steps.js'
import { maskableSites } from '../../../src/model/model-graph.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { handMadeModel, microConfig, randomModel } from '../../support/micro-model.js'

describe('channel means', () => {
  it('are taken over every token of every sequence, first one included, after AbsTopK', () => {
    const model = prepareModel(randomModel(microConfig({ afrac: 0.5 }), 41))
    const sequences = [[3, 0, 6], [1], [2, 2, 4, 5]]
    const means = runToEnd(channelMeans(model, { sequences }))
    const taps = ['embed', ...maskableSites(model.config).map(({ tap }) => tap), 'final_resid']
    expect([...means.keys()]).toEqual(taps)
    for (const [tap, mean] of means) {
      const rows = sequences.flatMap((tokens) => {
        const { values } = runToEnd(runForward(model, { tokens, replacements: [], record: [tap] })).taps[0]!
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
    const means = runToEnd(
      channelMeans(prepareModel(data), {
        sequences: [
          [0, 1],
          [2, 3],
        ],
      }),
    )
    expect(means.get('embed')![0]).toBe(0.25)
  })

  it('need a set', () => {
    const model = prepareModel(randomModel(microConfig(), 42))
    expect(() => runToEnd(channelMeans(model, { sequences: [] }))).toThrow('at least one sequence')
    expect(() => runToEnd(channelMeans(model, { sequences: [[1], []] }))).toThrow('at least one token')
  })
})

/** Surveys against runs made one by one. */
import { channelSet } from '../../../src/domain/experiment/channel-set.js'
import { runToEnd } from '../../../src/domain/steps.js'
import { surveyActivations } from '../../../src/engine/activation-survey.js'
import { weightsInto, weightsOutOf } from '../../../src/model/channel-weights.js'
import {
  embeddingColumn,
  unembeddingColumn,
  unembeddingRow,
  weightEdges,
} from '../../../src/model/model-graph.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { runByHand } from '../../support/by-hand.js'
import { microConfig, randomModel } from '../../support/micro-model.js'

const model = prepareModel(randomModel(microConfig({ afrac: 0.5, sink: true, block_size: 90 }), 8))
const long = Array.from({ length: 80 }, (_, t) => (3 * t) % 7)
const sequences = [[3, 0, 6], [1], long, [5, 5, 2, 4]]
const channels = channelSet([
  { tap: '0.mlp.post_act', index: 8 },
  { tap: '0.mlp.post_act', index: 2 },
  { tap: '1.attn.y', index: 5 },
  { tap: 'embed', index: 0 },
  { tap: '1.resid_mid', index: 3 },
])

describe('a survey', () => {
  it('holds what single runs record, channel by channel, sequence after sequence', () => {
    const answer = runToEnd(surveyActivations(model, { modelId: 'm', sequences, channels }))
    expect(answer).toMatchObject({ tokens: 88, evaluations: 4 })
    const runs = sequences.map((tokens) => runByHand(model, tokens, { record: [...channels.keys()] }))
    expect(answer.smallestMargin).toBe(Math.min(...runs.map((run) => run.smallestMargin)))
    for (const [tap, indices] of channels) {
      const expected = Array.from(indices).flatMap((index) =>
        runs.flatMap(({ taps }) => {
          const { values, shape } = taps.find((recorded) => recorded.tap === tap)!
          return Array.from({ length: shape[0]! }, (_, t) => values[t * shape[1]! + index]!)
        }),
      )
      expect([...answer.values.get(tap)!]).toEqual(expected)
    }
  })

  it.each<[string, Partial<Parameters<typeof surveyActivations>[1]>, RegExp]>([
    ['an empty set', { sequences: [] }, /at least one sequence/],
    ['a token that is not there', { sequences: [[9]] }, /token 9 at position 0/],
    ['a channel that is not there', { channels: channelSet([{ tap: 'embed', index: 6 }]) }, /0 to 5, not 6/],
    ['patterns', { channels: channelSet([{ tap: '0.attn.pattern', index: 0 }]) }, /has no channels/],
  ])('refuses %s', (_, given, message) => {
    const ask = () => runToEnd(surveyActivations(model, { modelId: 'm', sequences, channels, ...given }))
    expect(ask).toThrow(message)
  })
})

describe('weights at one channel', () => {
  it('are the edges of the whole model that begin or end there', () => {
    const { sites, count, sourceSite, sourceIndex, targetSite, targetIndex, weight } = weightEdges(
      model,
      null,
    )
    const edges = Array.from({ length: count }, (_, e) => ({
      from: sites[sourceSite[e]!]!.tap,
      source: sourceIndex[e]!,
      to: sites[targetSite[e]!]!.tap,
      target: targetIndex[e]!,
      weight: weight[e]!,
    }))
    let seen = 0
    for (const { tap, width } of sites)
      for (let index = 0; index < width; index++) {
        const into = weightsInto(model, tap, index)
        const out = weightsOutOf(model, tap, index)
        seen += into.length + out.length
        expect(into).toEqual(
          edges
            .filter((edge) => edge.to === tap && edge.target === index)
            .map((edge) => ({ tap: edge.from, index: edge.source, weight: edge.weight })),
        )
        expect(out).toEqual(
          edges
            .filter((edge) => edge.from === tap && edge.source === index)
            .map((edge) => ({ tap: edge.to, index: edge.target, weight: edge.weight })),
        )
      }
    expect(seen).toBe(2 * count)
    expect(weightsInto(model, 'embed', 0)).toEqual([])
    expect(weightsOutOf(model, 'final_resid', 0)).toEqual([])
  })

  it('columns of embedding and unembedding are those of the rows', () => {
    for (let channel = 0; channel < model.config.dModel; channel++) {
      const rows = Array.from({ length: model.config.vocabSize }, (_, token) => unembeddingRow(model, token))
      expect([...unembeddingColumn(model, channel)]).toEqual(rows.map((row) => row[channel]!))
      expect(embeddingColumn(model, channel)[3]).toBe(model.tokenEmbedding[3 * 6 + channel])
    }
  })
})

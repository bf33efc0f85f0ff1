/** Interchange: its runs against single runs with values put in by hand, and its numbers on circuits that are known. */
import { interchangeControls, interchanges } from '../../../src/application/faithfulness/interchange.js'
import {
  type InterchangeSetting,
  interchangeRuns,
} from '../../../src/application/faithfulness/interchange-runs.js'
import { Ledger } from '../../../src/application/faithfulness/masked-runs.js'
import { unfamiliarPrompts } from '../../../src/application/faithfulness/unfamiliar-prompts.js'
import type { MeasuredCase } from '../../../src/application/measuring/data-set.js'
import { allOf, type ChannelSet, channelSet, difference } from '../../../src/domain/experiment/channel-set.js'
import { type Fill, fillOfPrompts, LIVE_GATES } from '../../../src/domain/experiment/measurement.js'
import { EngineRunner } from '../../../src/engine/engine-runner.js'
import { microConfig, randomModel } from '../../support/micro-model.js'
import { seededRandom } from '../../support/seeded-random.js'

const SITES = [
  { tap: '0.attn.act_in', width: 6 },
  { tap: '0.attn.v', width: 6 },
  { tap: '0.mlp.post_act', width: 9 },
  { tap: '1.attn.q', width: 6 },
  { tap: '1.mlp.resid_delta', width: 6 },
]
const PROMPTS = [
  [0, 1, 2, 3],
  [3, 2, 1, 0],
  [4, 4, 5, 6],
  [6, 5, 0],
]
const watching = { signal: new AbortController().signal }

function measured(tokens: readonly number[], i: number, cluster = i): MeasuredCase {
  const prompt = { tokens, target: 1, alternative: 2, at: 'LAST' as const }
  return { prompt, source: [...tokens].reverse(), side: 'CLEAN', example: i, cluster, roles: {} }
}

function settingOf(circuit: ChannelSet, fill: Fill, seed = 3): InterchangeSetting {
  const model = randomModel(microConfig(), 5)
  return {
    modelId: model.id,
    sites: SITES,
    data: { id: 'made', cases: PROMPTS.map((tokens, i) => measured(tokens, i)) },
    fill,
    gates: LIVE_GATES,
    runner: new EngineRunner({ maxModels: 1, load: async () => model }) as InterchangeSetting['runner'],
    ledger: new Ledger(),
    circuit,
    referenceSet: null,
    seed,
  }
}

/** Each channel of the sites in the set by the toss of a coin. */
function someChannels(seed: number): ChannelSet {
  const random = seededRandom(seed)
  return channelSet(
    SITES.flatMap(({ tap, width }) =>
      Array.from({ length: width }, (_, index) => ({ tap, index })).filter(() => random.next() < 0.5),
    ),
  )
}

const ZERO: Fill = { kind: 'CONSTANT', value: 0 }
const FILLS: readonly (readonly [string, Fill])[] = [
  ['a constant', { kind: 'CONSTANT', value: 0.25 }],
  [
    'one value per channel',
    {
      kind: 'PER_CHANNEL',
      values: new Map(
        SITES.map(({ tap, width }) => [tap, Float64Array.from({ length: width }, (_, i) => i / 7)]),
      ),
    },
  ],
  [
    'one per position',
    {
      kind: 'PER_POSITION',
      positions: 5,
      values: new Map(
        SITES.map(({ tap, width }) => [
          tap,
          Float64Array.from({ length: 5 * width }, (_, i) => (i % 11) / 5),
        ]),
      ),
    },
  ],
  ['values of partners', { kind: 'FROM_PROMPTS', prompts: PROMPTS.map((tokens) => [...tokens].reverse()) }],
]

describe('an interchange', () => {
  it.each(FILLS)('is a run with the values put in by hand, beside %s', async (_, fill) => {
    const circuit = someChannels(1)
    const setting = settingOf(circuit, fill)
    const parts = [circuit, someChannels(2)].map((part) => difference(circuit, difference(circuit, part)))
    const pairs = [
      { place: 0, recipient: setting.data.cases[0]!.prompt, source: PROMPTS[2]! },
      { place: 3, recipient: setting.data.cases[3]!.prompt, source: [0, 0, 1] },
    ]
    const found = await interchangeRuns(pairs, parts, setting, watching)
    expect(found).toHaveLength(4)
    let at = 0
    for (const { place, recipient, source } of pairs) {
      const logitDifference = async (alone: boolean, part: ChannelSet | null): Promise<number> => {
        const { logits, vocabulary } = await setting.runner.run(
          {
            modelId: setting.modelId,
            tokens: recipient.tokens,
            background: {
              replaced: alone ? difference(allOf(SITES), circuit) : new Map(),
              fill: fillOfPrompts(fill, place, place + 1),
            },
            edits: Array.from(part ?? [], ([tap, channels]) => ({
              tap,
              channels,
              positions: null,
              change: {
                kind: 'REPLACE' as const,
                fill: { kind: 'FROM_PROMPTS' as const, prompts: [source] },
              },
            })),
            gates: LIVE_GATES,
            record: [],
            measure: null,
            generate: null,
          },
          watching,
        )
        const last = logits.length - vocabulary
        return logits[last + 1]! - logits[last + 2]!
      }
      for (const part of parts) {
        const move = found[at++]!
        expect(move.model).toBeCloseTo(
          (await logitDifference(false, part)) - (await logitDifference(false, null)),
          12,
        )
        expect(move.circuit).toBeCloseTo(
          (await logitDifference(true, part)) - (await logitDifference(true, null)),
          12,
        )
      }
    }
    expect(setting.ledger.evaluations).toBeGreaterThan(0)
  })

  it('is followed exactly by everything there is', async () => {
    const whole = await interchanges(settingOf(allOf(SITES), ZERO), watching)
    expect(whole.map(({ prompts }) => prompts)).toEqual(['OTHER_TEMPLATES', 'OFF_DISTRIBUTION'])
    for (const { missed, explained, correlation, parts, modelMove } of whole) {
      expect(modelMove).toBeGreaterThan(0.01)
      expect({ missed, explained, parts }).toEqual({ missed: 0, explained: 1, parts: 5 })
      expect(correlation).toBeCloseTo(1, 12)
    }
    expect(interchangeControls(whole).map(({ passed }) => passed)).toEqual([true, true])
  })

  it('takes prompts of other templates and one length, and says where there are none', async () => {
    const setting = settingOf(allOf(SITES), ZERO)
    const [other] = await interchanges(setting, watching)
    // The fourth prompt is the only one of its length.
    expect(other).toMatchObject({ prompts: 'OTHER_TEMPLATES', recipients: 3 })
    const oneTemplate = {
      ...setting,
      data: { id: 'one', cases: PROMPTS.map((tokens, i) => measured(tokens, i, 0)) },
    }
    const found = await interchanges(oneTemplate, watching)
    expect(found.map(({ prompts }) => prompts)).toEqual(['OFF_DISTRIBUTION'])
    expect(interchangeControls(found)[0]).toEqual({
      name: 'INTERCHANGE_OTHER_TEMPLATES',
      finding: 'no two measured prompts of different templates have one length',
      passed: null,
    })
  })

  it('judges by the share of moves that is explained, and not where nothing moves', () => {
    const base = {
      origin: 'made',
      recipients: 2,
      parts: 5,
      modelMove: 1,
      missed: 0.2,
      correlation: 0.5,
    } as const
    const passed = (explained: number | null) =>
      interchangeControls([{ ...base, prompts: 'OFF_DISTRIBUTION', explained }])[1]!.passed
    expect([passed(0.5), passed(0.49), passed(-3), passed(null)]).toEqual([true, false, false, null])
  })
})

describe('unfamiliar prompts', () => {
  const cases = PROMPTS.map((tokens, i) => measured(tokens, i))
  const data = { id: 'made', cases }
  it('are reference text as long as the prompts, recipients and sources apart', () => {
    const sequences = Array.from({ length: 50 }, (_, i) => [6, 6, 6, 6, i])
    const { pairs, origin } = unfamiliarPrompts(cases, { data, referenceSet: { sequences }, seed: 1 })
    expect(origin).toContain('reference text')
    for (const [i, { recipient, source, place }] of pairs.entries()) {
      expect(place).toBe(i)
      expect(recipient).toMatchObject({
        target: 1,
        alternative: 2,
        tokens: [6, 6, 6, 6].slice(0, PROMPTS[i]!.length),
      })
      expect(source).toHaveLength(PROMPTS[i]!.length)
    }
    expect(unfamiliarPrompts(cases, { data, referenceSet: { sequences }, seed: 1 }).pairs).toEqual(pairs)
  })

  it('are the prompts’ own tokens in any order where no text is long enough', () => {
    const known = new Set(PROMPTS.flat())
    const { pairs, origin } = unfamiliarPrompts(cases, { data, referenceSet: { sequences: [[1]] }, seed: 1 })
    expect(origin).toContain('any order')
    expect(pairs.map(({ source }) => source.length)).toEqual([4, 4, 4, 3])
    expect(
      pairs.every(({ source, recipient }) => [...source, ...recipient.tokens].every((t) => known.has(t))),
    ).toBe(true)
    expect(pairs.some(({ source, recipient }) => source.join() !== recipient.tokens.join())).toBe(true)
  })
})

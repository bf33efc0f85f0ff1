/** The runs behind an interchange: the model and the circuit alone, as they are and with parts at values of another prompt. */
import { allOf, type ChannelSet } from '../../domain/experiment/channel-set.js'
import { type Fill, fillOfPrompts, type SetEntry, type Variant } from '../../domain/experiment/measurement.js'
import type { PromptCase } from '../../domain/experiment/metric.js'
import type { Watching } from '../ports/model-runner.js'
import type { MaskSetting } from './masked-runs.js'

export interface InterchangeSetting extends MaskSetting {
  readonly circuit: ChannelSet
  /** Text that the task never shows; null where the model came without. */
  readonly referenceSet: { readonly sequences: readonly (readonly number[])[] } | null
  readonly seed: number
}

export interface InterchangePair {
  /** Of the case that it was made for, whose fill stands outside the circuit. */
  readonly place: number
  readonly recipient: PromptCase
  /** As long as the recipient. */
  readonly source: readonly number[]
}

/** Change of the logit difference by one part on one prompt. */
export interface Move {
  readonly model: number
  readonly circuit: number
}

type Taps = ReadonlyMap<string, Float64Array>

/** Prompt by prompt, part by part. */
export async function interchangeRuns(
  pairs: readonly InterchangePair[],
  parts: readonly ChannelSet[],
  setting: InterchangeSetting,
  watching: Watching,
): Promise<readonly Move[]> {
  const moves: Move[] = []
  for (const pair of pairs) {
    const source = await activationsOn(pair.source, setting, watching)
    const outside = fillOfPrompts(setting.fill, pair.place, pair.place + 1)
    const partner =
      outside.kind === 'FROM_PROMPTS' ? await activationsOn(outside.prompts[0]!, setting, watching) : null
    const fill = exchanged(outside, partner, source, pair.source.length, setting)
    const values = await differences(pair.recipient, fill, parts, setting, watching)
    const [model, circuit, ...with_] = values
    for (let i = 0; i < parts.length; i++)
      moves.push({ model: with_[2 * i]! - model!, circuit: with_[2 * i + 1]! - circuit! })
  }
  return moves
}

/** Every maskable site of the whole model on a prompt, [position, channel]. */
async function activationsOn(
  tokens: readonly number[],
  { modelId, sites, gates, runner, ledger }: InterchangeSetting,
  watching: Watching,
): Promise<Taps> {
  const answer = await runner.run(
    {
      modelId,
      tokens,
      background: { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } },
      edits: [],
      gates,
      record: sites.map(({ tap }) => tap),
      measure: null,
      generate: null,
    },
    watching,
  )
  ledger.add(answer.evaluations, Float64Array.of(answer.smallestMargin))
  return new Map(answer.taps.map(({ tap, values }) => [tap, values]))
}

/** Channels of the circuit at their values on the source, all others at what the question puts in their place. */
function exchanged(
  outside: Fill,
  partner: Taps | null,
  source: Taps,
  positions: number,
  { sites, circuit }: InterchangeSetting,
): Fill {
  const values = new Map(
    sites.map(({ tap, width }) => {
      const rows = new Float64Array(positions * width)
      const own = source.get(tap)!
      for (let at = 0; at < rows.length; at++) {
        rows[at] =
          outside.kind === 'CONSTANT'
            ? outside.value
            : outside.kind === 'FROM_PROMPTS'
              ? partner!.get(tap)![at]!
              : outside.values.get(tap)![outside.kind === 'PER_CHANNEL' ? at % width : at]!
      }
      for (const channel of circuit.get(tap) ?? [])
        for (let at = channel; at < rows.length; at += width) rows[at] = own[at]!
      return [tap, rows]
    }),
  )
  return { kind: 'PER_POSITION', positions, values }
}

/** D of model and circuit alone, then of both with each part exchanged. */
async function differences(
  recipient: PromptCase,
  fill: Fill,
  parts: readonly ChannelSet[],
  { modelId, sites, circuit, gates, runner, ledger }: InterchangeSetting,
  watching: Watching,
): Promise<readonly number[]> {
  const sets: readonly SetEntry[] = [
    { channels: circuit, complement: true },
    ...parts.map((channels) => ({ channels, complement: false })),
  ]
  const replacing = (...chosen: number[]): Variant => ({
    replaced: chosen.map((set) => ({ set, positions: null })),
    links: [],
    fill: 0,
  })
  const answer = await runner.measure(
    {
      modelId,
      prompts: [recipient],
      metrics: [{ name: 'LOGIT_DIFFERENCE', against: null }],
      universe: allOf(sites),
      sets,
      linkSets: [],
      positions: [],
      fills: [fill],
      variants: [
        replacing(),
        replacing(0),
        ...parts.flatMap((_, i) => [replacing(i + 1), replacing(0, i + 1)]),
      ],
      gates,
      execution: 'MASKED',
    },
    watching,
  )
  ledger.add(answer.evaluations, answer.margins)
  return [...answer.values]
}

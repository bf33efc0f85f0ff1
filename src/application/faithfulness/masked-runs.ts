/** Metrics of a model under many masks: kept sets, removed sets, or both, with one fill and one set of gates. */
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import { allOf } from '../../domain/experiment/channel-set.js'
import type { Fill, Gates, Measurement, SetEntry } from '../../domain/experiment/measurement.js'
import type { Metric } from '../../domain/experiment/metric.js'
import type { MaskedSite } from '../measuring/channel-mask.js'
import { type DataSet, promptsOf } from '../measuring/data-set.js'
import type { ModelRunner, Watching } from '../ports/model-runner.js'

/** Everything maskable outside `keep` is replaced (null: nothing is), and `remove` as well. */
export interface Mask {
  readonly keep: ChannelSet | null
  readonly remove: ChannelSet | null
}

export const WHOLE_MODEL: Mask = { keep: null, remove: null }
export const EMPTY_CIRCUIT: Mask = { keep: new Map(), remove: null }
export const keeping = (channels: ChannelSet): Mask => ({ keep: channels, remove: null })
export const removing = (channels: ChannelSet): Mask => ({ keep: null, remove: channels })

export interface MaskSetting {
  readonly modelId: string
  readonly sites: readonly MaskedSite[]
  readonly data: DataSet
  readonly fill: Fill
  readonly gates: Gates
  readonly runner: ModelRunner
  /** Counts evaluations and keeps the smallest margin over a whole question. */
  readonly ledger: Ledger
}

export class Ledger {
  evaluations = 0
  compiled = 0
  margin = Number.POSITIVE_INFINITY

  add(evaluations: number, margins: Float64Array, compiled = 0): void {
    this.evaluations += evaluations
    this.compiled += compiled
    for (const margin of margins) this.margin = Math.min(this.margin, margin)
  }
}

/** [mask][metric][case] */
export type MaskedValues = readonly (readonly Float64Array[])[]

export async function maskedRuns(
  masks: readonly Mask[],
  metrics: readonly Metric[],
  setting: MaskSetting,
  watching: Watching,
): Promise<MaskedValues> {
  const { modelId, sites, data, fill, gates, runner, ledger } = setting
  const sets: SetEntry[] = []
  const set = (entry: SetEntry) => ({ set: sets.push(entry) - 1, positions: null })
  const request: Measurement = {
    modelId,
    prompts: promptsOf(data),
    metrics,
    universe: allOf(sites),
    sets,
    linkSets: [],
    positions: [],
    fills: [fill],
    variants: masks.map(({ keep, remove }) => ({
      replaced: [
        ...(keep === null ? [] : [set({ channels: keep, complement: true })]),
        ...(remove === null ? [] : [set({ channels: remove, complement: false })]),
      ],
      links: [],
      fill: 0,
    })),
    gates,
    execution: 'COMPILED',
  }
  const answer = await runner.measure(request, watching)
  ledger.add(answer.evaluations, answer.margins, answer.compiled)
  const cases = data.cases.length
  return masks.map((_, mask) =>
    metrics.map((__, metric) => {
      const at = (mask * metrics.length + metric) * cases
      return answer.values.subarray(at, at + cases)
    }),
  )
}

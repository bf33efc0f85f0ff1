/**
 * A metric with any set of elements replaced by really running the model: what exact ablation, Shapley values and the
 * check of an attribution are made of. Nodes, edges and heads are replaced in the model or in the circuit alone; of a
 * token its embedding row and its bigram row, together.
 */
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import { allOf } from '../../domain/experiment/channel-set.js'
import type { Gates, Measurement } from '../../domain/experiment/measurement.js'
import type { Metric } from '../../domain/experiment/metric.js'
import type { ModelRunner, Watching } from '../ports/model-runner.js'
import { ablationMeasurement, ROWS } from './ablation-plan.js'
import type { MaskedSite } from './channel-mask.js'
import { type DataSet, promptsOf } from './data-set.js'
import type { Element } from './elements.js'
import type { NamedFill } from './fills.js'
import { rowFill } from './row-fill.js'

export interface SubsetSetting {
  readonly modelId: string
  readonly sites: readonly MaskedSite[]
  /** Channels that stay when everything else is replaced throughout; null: the whole model. */
  readonly circuit: ChannelSet | null
  readonly data: DataSet
  readonly metric: Metric
  readonly baseline: NamedFill
  readonly gates: Gates
  readonly runner: ModelRunner
}

export interface SubsetValues {
  /** Metric of the background as it is, one value per case. */
  readonly full: Float64Array
  /** One row per subset: the metric with its elements replaced together. */
  readonly replaced: readonly Float64Array[]
  readonly evaluations: number
  readonly compiled: number
  readonly margin: number
}

export async function subsetValues(
  subsets: readonly (readonly Element[])[],
  setting: SubsetSetting,
  watching: Watching,
): Promise<SubsetValues> {
  const tokens = subsets.some((subset) => subset.some(({ kind }) => kind === 'TOKEN'))
  const request = tokens ? tokenMeasurement(subsets, setting) : elementMeasurement(subsets, setting)
  const answer = await setting.runner.measure(request, watching)
  const cases = setting.data.cases.length
  const row = (at: number): Float64Array => answer.values.subarray(at * cases, (at + 1) * cases)
  const first = tokens ? 1 : ROWS.elements
  return {
    full: row(tokens ? 0 : ROWS.background),
    replaced: subsets.map((_, i) => row(first + i)),
    evaluations: answer.evaluations,
    compiled: answer.compiled,
    margin: Math.min(...answer.margins),
  }
}

function elementMeasurement(subsets: readonly (readonly Element[])[], setting: SubsetSetting): Measurement {
  const together = (members: readonly Element[]): Element => ({
    kind: 'STEP',
    label: '',
    nodes: members.flatMap(({ nodes }) => nodes),
    links: members.flatMap(({ links }) => links),
    layer: null,
    head: null,
    position: null,
    pair: null,
  })
  const elements = subsets.map(together)
  const { modelId, sites, circuit, gates, data, metric, baseline } = setting
  return ablationMeasurement(
    {
      modelId,
      sites,
      circuit,
      mode: 'REMOVE',
      together: elements.find(({ links }) => links.length > 0) ?? together([]),
      elements,
      positions: null,
      gates,
    },
    [baseline.fill],
    [metric],
    promptsOf(data),
  )
}

/** The model or the circuit as it is, then one variant per subset. */
function tokenMeasurement(subsets: readonly (readonly Element[])[], setting: SubsetSetting): Measurement {
  const { modelId, sites, circuit, data, metric, baseline, gates } = setting
  const replaced = circuit === null ? [] : [{ set: 0, positions: null }]
  const moved = subsets.map((subset) => subset.map(({ position }) => position!))
  return {
    modelId,
    prompts: promptsOf(data),
    metrics: [metric],
    universe: allOf(sites),
    sets: circuit === null ? [] : [{ channels: circuit, complement: true }],
    linkSets: [],
    positions: [],
    fills: circuit === null ? [] : [baseline.fill],
    rows: rowFill(baseline),
    variants: [[], ...moved].map((tokens) => ({ replaced, links: [], fill: 0, moved: tokens })),
    gates,
    execution: 'COMPILED',
  }
}

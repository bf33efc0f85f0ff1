/** Place-by-place replacements in the words of a measurement: one variant each, its values as a fill per position. */
import type { ChannelSet } from '../../src/domain/experiment/channel-set.js'
import { channelSet } from '../../src/domain/experiment/channel-set.js'
import {
  type Fill,
  LIVE_GATES,
  type Measurement,
  type SetEntry,
  type Variant,
} from '../../src/domain/experiment/measurement.js'
import type { MetricName, PromptCase } from '../../src/domain/experiment/metric.js'
import { tapPlace } from '../../src/engine/tap-names.js'
import type { PreparedModel } from '../../src/model/prepared-model.js'
import type { Replacement } from './by-hand.js'

export const NOWHERE: ChannelSet = new Map()

/** A measurement with nothing in its tables but what is given. */
export function measurement(
  given: Partial<Measurement> &
    Pick<Measurement, 'prompts' | 'variants'> & { readonly names?: readonly MetricName[] },
): Measurement {
  const { names = ['LOGIT_DIFFERENCE'], ...rest } = given
  return {
    modelId: 'm',
    metrics: names.map((name) => ({ name, against: null })),
    universe: NOWHERE,
    sets: [],
    linkSets: [],
    positions: [],
    fills: [],
    gates: LIVE_GATES,
    execution: 'MASKED',
    ...rest,
  }
}

export const UNCHANGED: Variant = { replaced: [], links: [], fill: 0 }

export function asMeasurement(
  model: PreparedModel,
  request: {
    readonly prompts: readonly PromptCase[]
    readonly metrics: readonly MetricName[]
    readonly variants: readonly (readonly Replacement[])[]
    readonly normEpsilon?: number
  },
): Measurement {
  const { prompts, metrics, variants, normEpsilon } = request
  const length = Math.max(...prompts.map(({ tokens }) => tokens.length))
  const sets: SetEntry[] = []
  const fills: Fill[] = []
  // Choice p is position p, where a prompt has it.
  const positions = Array.from({ length }, (_, p) =>
    prompts.map(({ tokens }) => Uint32Array.from(p < tokens.length ? [p] : [])),
  )
  const asked = variants.map((replacements): Variant => {
    const values = new Map<string, Float64Array>()
    for (const { tap, index, position, value } of replacements) {
      const width = tapPlace(model.config, tap).width!
      const rows = values.get(tap) ?? new Float64Array(length * width)
      values.set(tap, rows)
      for (let p = 0; p < length; p++)
        if (position === null || position === p) rows[p * width + index] = value
    }
    fills.push({ kind: 'PER_POSITION', positions: length, values })
    const replaced = [null, ...positions.keys()].flatMap((choice) => {
      const here = replacements.filter(({ position }) => position === choice)
      if (here.length === 0) return []
      sets.push({ channels: channelSet(here), complement: false })
      return [{ set: sets.length - 1, positions: choice }]
    })
    return { replaced, links: [], fill: fills.length - 1 }
  })
  const more = normEpsilon === undefined ? {} : { normEpsilon }
  return measurement({ prompts, names: metrics, sets, fills, positions, variants: asked, ...more })
}

/** values[variant][metric][prompt] of a flat answer. */
export function nested(
  { metrics, prompts, variants }: Pick<Measurement, 'metrics' | 'prompts' | 'variants'>,
  values: Float64Array,
): number[][][] {
  return variants.map((_, v) =>
    metrics.map((__, m) => prompts.map((___, p) => values[(v * metrics.length + m) * prompts.length + p]!)),
  )
}

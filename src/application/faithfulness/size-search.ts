/**
 * How many channels an attribution-ranked circuit needs to reach a loss (algorithms.md E3): channels are scored once,
 * ordered, and the number kept is doubled, then bisected, until the loss is reached. Loss need not fall steadily with
 * size: what is found is the first size on this path, the same path for data and controls.
 */
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import { channelSet } from '../../domain/experiment/channel-set.js'
import type { Metric } from '../../domain/experiment/metric.js'
import { promptsOf } from '../measuring/data-set.js'
import { meanOf } from '../measuring/readings.js'
import type { Watching } from '../ports/model-runner.js'
import { keeping, type MaskSetting, maskedRuns } from './masked-runs.js'

export const TASK_LOSS: Metric = { name: 'TASK_LOSS', against: null }

export interface RankedChannel {
  readonly tap: string
  readonly index: number
  /** Estimated rise of the loss when it is replaced. */
  readonly score: number
}

/** Every given channel, most important first: by the estimate itself, or by its size. Ties keep canonical order. */
export async function rankedChannels(
  channels: ChannelSet,
  signed: boolean,
  setting: MaskSetting,
  watching: Watching,
): Promise<readonly RankedChannel[]> {
  const { modelId, data, fill, gates, runner, ledger } = setting
  const answer = await runner.attribute(
    {
      modelId,
      prompts: promptsOf(data),
      metric: TASK_LOSS,
      method: { kind: 'GRADIENT_TIMES_ACTIVATION' },
      of: { kind: 'CHANNELS', channels },
      baseline: fill,
      background: { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } },
      gates,
      cuts: false,
    },
    watching,
  )
  ledger.add(answer.evaluations, Float64Array.of(answer.smallestMargin))
  const cases = data.cases.length
  let place = 0
  const scored = [...channels].flatMap(([tap, indices]) =>
    Array.from(indices, (index): RankedChannel => {
      let sum = 0
      for (let p = 0; p < cases; p++) sum += answer.scores[p * answer.count + place]!
      place++
      return { tap, index, score: sum / cases }
    }),
  )
  const key = (channel: RankedChannel): number => (signed ? channel.score : Math.abs(channel.score))
  return scored.sort((a, b) => key(b) - key(a))
}

export function firstOf(
  ranked: readonly { readonly tap: string; readonly index: number }[],
  count: number,
): ChannelSet {
  return channelSet(ranked.slice(0, count))
}

/** A size and its loss. */
export interface SizeLoss {
  readonly size: number
  readonly loss: number
}

/** The size at which the loss is reached, or null where even all channels do not reach it. */
export async function sizeForLoss(
  ranked: readonly RankedChannel[],
  target: number,
  setting: MaskSetting,
  watching: Watching,
): Promise<number | null> {
  return (await searchedSizes(ranked, target, setting, watching)).size
}

/** The same with every size that was tried, ascending. */
export async function searchedSizes(
  ranked: readonly { readonly tap: string; readonly index: number }[],
  target: number,
  setting: MaskSetting,
  watching: Watching,
): Promise<{ readonly size: number | null; readonly tried: readonly SizeLoss[] }> {
  const tried = new Map<number, number>()
  const size = await search(ranked, target, setting, watching, tried)
  return {
    size,
    tried: Array.from(tried, ([of, loss]) => ({ size: of, loss })).sort((a, b) => a.size - b.size),
  }
}

async function search(
  ranked: readonly { readonly tap: string; readonly index: number }[],
  target: number,
  setting: MaskSetting,
  watching: Watching,
  tried: Map<number, number>,
): Promise<number | null> {
  const lossAt = async (sizes: readonly number[]): Promise<number[]> => {
    const masks = sizes.map((size) => keeping(firstOf(ranked, size)))
    const losses = (await maskedRuns(masks, [TASK_LOSS], setting, watching)).map(([loss]) => meanOf(loss!))
    for (const [i, loss] of losses.entries()) tried.set(sizes[i]!, loss)
    return losses
  }
  const sizes = [0]
  for (let size = 1; size < ranked.length; size *= 2) sizes.push(size)
  sizes.push(ranked.length)
  const losses = await lossAt(sizes)
  const reached = losses.findIndex((loss) => loss <= target)
  if (reached <= 0) return reached === 0 ? 0 : null
  let low = sizes[reached - 1]!
  let high = sizes[reached]!
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    const [loss] = await lossAt([middle])
    if (loss! <= target) high = middle
    else low = middle
  }
  return high
}

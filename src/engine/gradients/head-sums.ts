/** Scores of heads: those of their v channels, added up. */
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import type { PromptScores } from './prompt-scores.js'

interface Head {
  readonly layer: number
  readonly head: number
  /** Places of its channels among the scores. */
  readonly places: readonly number[]
}

/** Every head with a channel in the set, by layer, then head. */
export function headsOf(channels: ChannelSet, dHead: number): readonly Head[] {
  const heads = new Map<string, { layer: number; head: number; places: number[] }>()
  let place = 0
  for (const [tap, indices] of channels) {
    const layer = Number(tap.slice(0, tap.indexOf('.')))
    for (const index of indices) {
      const head = Math.trunc(index / dHead)
      const found = heads.get(`${layer}.${head}`) ?? { layer, head, places: [] }
      heads.set(`${layer}.${head}`, found)
      found.places.push(place++)
    }
  }
  return [...heads.values()].sort((a, b) => a.layer - b.layer || a.head - b.head)
}

export function headSums(answer: PromptScores, channels: ChannelSet, dHead: number): PromptScores {
  const heads = headsOf(channels, dHead)
  const added = (values: Float64Array): Float64Array =>
    Float64Array.from(heads, ({ places }) => places.reduce((sum, place) => sum + values[place]!, 0))
  return { ...answer, scores: added(answer.scores), absolute: added(answer.absolute) }
}

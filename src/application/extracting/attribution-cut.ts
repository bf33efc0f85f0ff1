/** The baseline of every paper: channels ranked once by gradient × (replacement − activation) (algorithms.md E3). */
import { InvalidInput } from '../../domain/errors.js'
import { allOf } from '../../domain/experiment/channel-set.js'
import { firstOf, rankedChannels } from '../faithfulness/size-search.js'
import type { Cut, CutSetting } from './cut.js'
import { sizeOnRanking } from './size-on-ranking.js'

export async function attributionCut({ plan, runs, watching }: CutSetting): Promise<Cut> {
  const ranked = await rankedChannels(allOf(runs.sites), false, runs, watching)
  const found = await sizeOnRanking(ranked, plan.targetLoss, runs, watching)
  const attempt = { setting: null, trained: null, aboveTrained: false, curve: null, ...found }
  if (found.nodes === null) throw targetOutOfReach(plan.targetLoss, found.sizes.at(-1)?.loss ?? Number.NaN)
  return {
    channels: firstOf(ranked, found.nodes),
    edges: null,
    attempts: [attempt],
    chosen: 0,
    device: null,
  }
}

/** What is said where not even everything reaches the target. */
export function targetOutOfReach(target: number, whole: number): InvalidInput {
  return new InvalidInput(
    'NOT_MEANINGFUL',
    `no circuit reaches the loss ${target}: all channels together have ${whole.toFixed(4)} on the fixed batch`,
    {
      path: 'plan.targetLoss',
      hint: 'the model may not have learnt the task: ask evaluate first, or give a higher targetLoss',
    },
  )
}

/** Masks learned with several settings; of those that reach the target on the fixed batch the smallest is kept (algorithms.md E1). */
import type { ExtractionAttempt } from '../../domain/extraction/extraction-record.js'
import type { LearnedMask, LearnedMasks } from '../../domain/extraction/mask-learning.js'
import { firstOf } from '../faithfulness/size-search.js'
import { targetOutOfReach } from './attribution-cut.js'
import type { Cut, CutSetting } from './cut.js'
import { type FoundSize, sizeOnRanking } from './size-on-ranking.js'

interface Try {
  readonly attempt: ExtractionAttempt
  readonly ranked: readonly Gate[]
}
interface Gate {
  readonly tap: string
  readonly index: number
  readonly tau: number
}

export async function learnedCut(
  { plan, runs, watching }: CutSetting,
  { device, masks }: LearnedMasks,
): Promise<Cut> {
  const tries: Try[] = []
  for (const mask of masks) {
    const ranked = rankedGates(mask)
    const found = await sizeOnRanking(ranked, plan.targetLoss, runs, watching)
    tries.push({ attempt: attemptOf(mask, found), ranked })
  }
  const chosen = bestOf(tries)
  if (chosen < 0) {
    const whole = tries[0]?.attempt.sizes.at(-1)?.loss ?? Number.NaN
    throw targetOutOfReach(plan.targetLoss, whole)
  }
  const { attempt, ranked } = tries[chosen]!
  return {
    channels: firstOf(ranked, attempt.nodes!),
    edges: null,
    attempts: tries.map((one) => one.attempt),
    chosen,
    device,
  }
}

/** Largest τ first; ties in the order of sites and channels. */
function rankedGates({ gates }: LearnedMask): readonly Gate[] {
  const all = [...gates].flatMap(([tap, taus]) =>
    Array.from(taus, (tau, index): Gate => ({ tap, index, tau })),
  )
  return all.sort((a, b) => b.tau - a.tau)
}

function attemptOf({ setting, kept, curve }: LearnedMask, found: FoundSize): ExtractionAttempt {
  return {
    setting,
    trained: kept,
    ...found,
    aboveTrained: found.nodes !== null && found.nodes > kept,
    curve,
  }
}

/** A try that needed no more than its mask kept stands before one that did; then the smaller one. */
function bestOf(tries: readonly Try[]): number {
  let best = -1
  for (const [i, { attempt }] of tries.entries()) {
    if (attempt.nodes === null) continue
    const known = best < 0 ? null : tries[best]!.attempt
    if (
      known === null ||
      Number(attempt.aboveTrained) < Number(known.aboveTrained) ||
      (attempt.aboveTrained === known.aboveTrained && attempt.nodes < known.nodes!)
    )
      best = i
  }
  return best
}

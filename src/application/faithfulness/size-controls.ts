/**
 * Would the same search find a circuit where there is none? The size that reaches the circuit's loss, on the task and
 * on shuffled labels, nonsense pairs, and a model whose weights are permuted (semantics.md §13 b).
 */
import { allOf } from '../../domain/experiment/channel-set.js'
import type { DataSet } from '../measuring/data-set.js'
import type { Watching } from '../ports/model-runner.js'
import { nonsensePairs, shuffledLabels } from './control-data.js'
import type { MaskSetting } from './masked-runs.js'
import { rankedChannels, sizeForLoss } from './size-search.js'
import { type Control, TIMES_LARGER } from './verdict.js'

export interface SizeControlSetting extends Omit<MaskSetting, 'data'> {
  readonly train: DataSet
  readonly seed: number
  /** Id under which the runner finds the model with permuted weights. */
  readonly permutedModelId: string
}

export async function sizeControls(
  targetLoss: number,
  setting: SizeControlSetting,
  watching: Watching,
): Promise<readonly Control[]> {
  const { train, seed, permutedModelId } = setting
  const sizeOn = async (data: DataSet, modelId = setting.modelId): Promise<number | null> => {
    const own = { ...setting, data, modelId }
    const ranked = await rankedChannels(allOf(setting.sites), false, own, watching)
    return sizeForLoss(ranked, targetLoss, own, watching)
  }
  const size = await sizeOn(train)
  const all = setting.sites.reduce((sum, { width }) => sum + width, 0)
  const compared = (name: string, what: string, other: number | null): Control => {
    if (size === null)
      return {
        name,
        finding: `attribution-ranked circuits of up to ${all} channels do not reach the loss ${targetLoss.toFixed(4)} on the task itself, so controls of size have nothing to be compared with`,
        passed: null,
      }
    const reached = other === null ? 'it is not reached' : `${other} channels reach it`
    return {
      name,
      finding: `the loss ${targetLoss.toFixed(4)} takes ${size} channels on the task; ${what} ${reached}`,
      passed: other === null || other >= TIMES_LARGER * Math.max(1, size),
    }
  }
  return [
    compared('SHUFFLED_LABELS', 'with shuffled labels', await sizeOn(shuffledLabels(train, seed))),
    compared('NONSENSE_PAIRS', 'on nonsense pairs', await sizeOn(nonsensePairs(train, seed))),
    compared('PERMUTED_WEIGHTS', 'in the model with permuted weights', await sizeOn(train, permutedModelId)),
  ]
}

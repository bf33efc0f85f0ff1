import type { Runs } from '../../query/cost/run-plan.js'
import { faithfulnessStages } from '../faithfulness/faithfulness-stages.js'
import { PUBLISHED_GRID } from '../faithfulness/size-curve.js'
import { MOST_LEFT_OUT } from '../measure-faithfulness.js'
import type { FaithfulnessQuestion } from '../questions.js'
import type { RunPlanSetting } from './plan-setting.js'
import { promptCount } from './prompt-count.js'

/** The model, the empty circuit, the circuit, its complement, and halves of it kept and removed. */
const FIXED_MASKS = 24

export async function faithfulnessRuns(
  { on, split, randomDraws, grid, controls }: FaithfulnessQuestion,
  { open, structure, tasks }: RunPlanSetting,
): Promise<readonly Runs[]> {
  const measured = on.kind === 'task' ? { ...on, split } : on
  const { cases, tokens } = await promptCount(measured, tasks)
  const nodes = open.graph.nodes.length
  const channels = structure.maskableSites.reduce((sum, { width }) => sum + width, 0)
  return faithfulnessStages({
    referenceSequences: structure.referenceSet?.sequences.length ?? 0,
    masks: FIXED_MASKS + 2 * randomDraws + (nodes <= MOST_LEFT_OUT ? nodes : 0),
    gridPoints: (grid ?? PUBLISHED_GRID).length,
    cases,
    rankedOn: cases,
    channels,
    controls,
  }).map(({ name, runs }) => ({ step: name, runs, tokens }))
}

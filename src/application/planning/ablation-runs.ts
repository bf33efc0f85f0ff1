import type { Runs } from '../../query/cost/run-plan.js'
import { selectNodes } from '../../query/node-selector.js'
import { ROWS } from '../measuring/ablation-plan.js'
import { fitRuns } from '../measuring/optimal-constants.js'
import type { AblationQuestion, AblationTarget } from '../questions.js'
import type { RunPlanSetting } from './plan-setting.js'
import { type PromptCount, promptCount } from './prompt-count.js'
import { referenceRuns } from './reference-runs.js'

/** For each replacement: what it is taken from, and what frozen parts are. */
const AROUND = 2
/** Behind the paths of a path ablation: the model, and the paths together. */
const PATH_ROWS = 2

export async function ablationRuns(
  question: AblationQuestion,
  setting: RunPlanSetting,
): Promise<readonly Runs[]> {
  const { on, train, replacements, metrics, sweep } = question
  const measured = await promptCount(on, setting.tasks)
  const { tokens } = measured
  const elements = elementsOf(question, measured, setting)
  const optimal = replacements.filter(
    ({ kind, ...choice }) => kind === 'preset' && 'preset' in choice && choice.preset === 'OPTIMAL_CONSTANT',
  ).length
  const columns = replacements.length + optimal * Math.max(0, metrics.length - 1)
  const byPath = question.target.kind === 'paths'
  const rows = ROWS.elements + (byPath ? 0 : elements)
  const fitted = optimal === 0 ? null : await promptCount(train ?? on, setting.tasks)
  const swept = sweep.kind === 'preset' && sweep.preset === 'EACH_PATH' ? elements : 0
  return [
    ...referenceRuns(replacements, setting.structure),
    {
      step: 'fit optimal constants',
      runs: fitted === null ? 0 : optimal * metrics.length * rows * fitRuns(fitted.cases),
      tokens: fitted?.tokens ?? 0,
      backwards: true,
    },
    { step: 'ablate and measure', runs: columns * (rows + AROUND) * measured.cases, tokens },
    {
      step: 'ablate paths',
      runs: byPath ? replacements.length * (PATH_ROWS + swept) * measured.cases : 0,
      tokens,
    },
  ]
}

/** Elements of the sweep, at most. */
function elementsOf(
  { target, sweep }: AblationQuestion,
  { tokens }: PromptCount,
  setting: RunPlanSetting,
): number {
  const size = targetSize(target, setting)
  if (sweep.kind === 'cumulative') return sweep.sizes?.length ?? size
  const { layers, dHead, dModel } = setting.structure
  switch (sweep.preset) {
    case 'TOGETHER':
      return 0
    case 'EACH_NODE':
    case 'EACH_PATH':
      return size
    case 'EACH_EDGE':
      return target.kind === 'edges' ? size : setting.open.graph.edges.count
    case 'EACH_PAIR':
      return (size * (size + 1)) / 2
    case 'EACH_HEAD':
      return Math.min(size, layers * Math.ceil(dModel / dHead))
    case 'EACH_LAYER':
      return Math.min(size, 2 * layers + 2)
    case 'EACH_POSITION':
      return tokens
    case 'EACH_LAYER_AND_POSITION':
      return (2 * layers + 2) * tokens
    default:
      return sweep.preset satisfies never
  }
}

function targetSize(target: AblationTarget, { open, scores }: RunPlanSetting): number {
  switch (target.kind) {
    case 'nodes':
      return selectNodes(target.nodes, open.graph, scores, 'input.target.nodes').length
    case 'edges':
      return target.edges.kind === 'addresses' ? target.edges.addresses.length : open.graph.edges.count
    case 'paths':
      return target.paths.length
    default:
      return target satisfies never
  }
}

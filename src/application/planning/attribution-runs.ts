import type { Runs } from '../../query/cost/run-plan.js'
import { ROWS } from '../measuring/ablation-plan.js'
import { scoredNodes } from '../measuring/attributed-elements.js'
import { attributionMethod } from '../measuring/attribution-method.js'
import { EXACT_PLAYERS } from '../measuring/shapley.js'
import type { AttributionCheckQuestion, AttributionQuestion } from '../questions.js'
import type { RunPlanSetting } from './plan-setting.js'
import { promptCount } from './prompt-count.js'
import { referenceRuns } from './reference-runs.js'

/** Where steps are doubled until the gap is small, most sites need far fewer and none more than four times as many. */
const USUAL_STEPS = 64
/** The prompt, its baseline, and what frozen parts are taken from. */
const AROUND = 4

export async function attributionRuns(
  question: AttributionQuestion,
  setting: RunPlanSetting,
): Promise<readonly Runs[]> {
  const { cases, tokens } = await promptCount(question.on, setting.tasks)
  const method = attributionMethod(question)
  const means = referenceRuns([question.baseline], setting.structure)
  if (method === 'EXACT_ABLATION' || method === 'SHAPLEY') {
    const subsets = method === 'SHAPLEY' ? shapleyRuns : (players: number): number => players
    const runs = (ROWS.elements + AROUND + subsets(elementsOf(question, tokens, setting), question)) * cases
    return [...means, { step: 'ablate exactly', runs, tokens }]
  }
  const passes = gradients(question, setting)
  return [...means, { step: 'gradients', runs: (AROUND + passes) * cases, tokens, backwards: true }]
}

export async function checkRuns(
  question: AttributionQuestion,
  { top, sample }: AttributionCheckQuestion,
  { tasks }: RunPlanSetting,
): Promise<readonly Runs[]> {
  const { cases, tokens } = await promptCount(question.on, tasks)
  return [{ step: 'ablate exactly', runs: (ROWS.elements + AROUND + top + sample) * cases, tokens }]
}

/** Passes of one prompt: one, and one per site for the cut that its scores are compared with; integrated gradients take theirs at every site, and refine by doubling. */
function gradients(question: AttributionQuestion, { structure }: RunPlanSetting): number {
  const method = attributionMethod(question)
  if (method === 'EXACT_ABLATION' || method === 'SHAPLEY') return 0
  const sites = question.of === 'TOKENS' ? 1 : structure.maskableSites.length
  switch (method.kind) {
    case 'INTEGRATED_GRADIENTS':
      return sites * (2 * (method.steps ?? USUAL_STEPS) + 3)
    case 'EDGE_INTEGRATED_GRADIENTS':
      return sites * (method.steps + 3)
    case 'ATTRIBUTION_PATCHING':
      return 1 + sites + structure.layers
    case 'GRADIENT_TIMES_ACTIVATION':
    case 'EDGE_ATTRIBUTION_PATCHING':
    case 'DEEP_LIFT':
    case 'DIRECT_LOGIT':
      return 1 + sites
    default:
      return method satisfies never
  }
}

function elementsOf(question: AttributionQuestion, tokens: number, { open, scores }: RunPlanSetting): number {
  if (question.of === 'TOKENS') return tokens
  if (question.of === 'EDGES') return open.graph.edges.count
  return scoredNodes(question, open.graph, scores).length
}

function shapleyRuns(players: number, { method }: AttributionQuestion): number {
  const orders = method.kind === 'shapley' ? method.permutations : 1
  return players <= EXACT_PLAYERS ? 2 ** players : 2 * orders * (players - 1) + 2
}

/** Plans of questions that run a model, counted as the questions count their progress. */

import type { PlanStep } from '../../query/cost/plan-step.js'
import { type ModelFacts, type Runs, runsPlan } from '../../query/cost/run-plan.js'
import type { Scores } from '../../query/node-filter.js'
import type { OpenGraph } from '../use-cases.js'
import { ablationRuns } from './ablation-runs.js'
import type { AskedQuestion } from './asked-question.js'
import { attributionRuns, checkRuns } from './attribution-runs.js'
import { faithfulnessRuns } from './faithfulness-runs.js'
import type { PlanDeps, RunPlanSetting } from './plan-setting.js'
import { lengthOf, promptCount } from './prompt-count.js'

export type RunningQuestion = Extract<
  AskedQuestion,
  { readonly ask: 'run' | 'ablate' | 'attribute' | 'check' | 'faithfulness' | 'evaluate' | 'activations' }
>

export async function planRuns(
  open: OpenGraph,
  asked: RunningQuestion,
  scores: Scores,
  { store, library, tasks }: PlanDeps,
): Promise<readonly PlanStep[]> {
  const modelId = open.graph.model.kind === 'sparse' ? open.graph.model.id : ''
  const structure = await library.structure(modelId)
  const [summary] = await store.modelSummaries([modelId])
  const model: ModelFacts = {
    weights: summary?.nonzeroCount ?? open.graph.edges.count,
    layers: structure.layers,
    attentionWidth: structure.maskableSites.find(({ tap }) => tap === '0.attn.q')?.width ?? structure.dModel,
  }
  return runsPlan(model, await stagesOf(asked, { open, scores, structure, tasks }))
}

async function stagesOf(asked: RunningQuestion, setting: RunPlanSetting): Promise<readonly Runs[]> {
  switch (asked.ask) {
    case 'run': {
      const { prompt, generate } = asked.question
      const length = generate?.length ?? 0
      const tokens = (prompt === null ? 0 : lengthOf(prompt)) + length
      // Replacements from another sequence, and frozen gates, are taken from runs of their own.
      return [{ step: 'run the model', runs: 3 * Math.max(1, length), tokens }]
    }
    case 'ablate':
      return ablationRuns(asked.question, setting)
    case 'attribute':
      return attributionRuns(asked.question, setting)
    case 'check':
      return checkRuns(asked.question, asked.check, setting)
    case 'faithfulness':
      return faithfulnessRuns(asked.question, setting)
    case 'evaluate': {
      const { task, split, first } = asked.question
      const { cases, tokens } = await promptCount(
        { kind: 'task', task, split, first, sides: 'BOTH' },
        setting.tasks,
        '',
      )
      return [{ step: 'run the examples', runs: cases, tokens }]
    }
    case 'activations': {
      const { on } = asked.question
      const lengths =
        on?.map(lengthOf) ?? setting.structure.referenceSet?.sequences.map(({ length }) => length) ?? []
      const tokens = lengths.reduce((a, b) => Math.max(a, b), 0)
      return [{ step: 'run the texts', runs: lengths.length, tokens }]
    }
    default:
      return asked satisfies never
  }
}

/** What a task is evaluated with, as a question. */
import type { TaskEvaluationArgs } from '../schema/task-evaluation.input.js'
import type { TaskEvaluationQuestion } from '../src/application/questions.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import type { ApiContext } from './api-context.js'
import { replacementFromInput, usualReplacement } from './replacement-from-input.js'

export async function taskEvaluationQuestion(
  task: string,
  { split, first, replacement }: TaskEvaluationArgs,
  { graph }: OpenGraph,
  context: ApiContext,
  path: string,
): Promise<TaskEvaluationQuestion> {
  return {
    task,
    split,
    first,
    replacement:
      replacement == null ? await usualReplacement(graph, context) : replacementFromInput(replacement, path),
  }
}

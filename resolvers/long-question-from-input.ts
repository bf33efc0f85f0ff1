/** Whichever question a job is to answer. */
import type { LongQuestionInput } from '../schema/mutation.input.js'
import type { LongQuestion } from '../src/application/long-question.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { ablationQuestion } from './ablation-from-input.js'
import type { ApiContext } from './api-context.js'
import { attributionQuestion } from './attribution-from-input.js'
import { faithfulnessQuestion } from './faithfulness-from-input.js'
import { given } from './given.js'
import { taskEvaluationQuestion } from './task-evaluation-from-input.js'
import { taskByRef } from './task-view.js'

/** The schema sees to it that exactly one member is given. */
export async function longQuestion(
  input: LongQuestionInput,
  open: OpenGraph,
  context: ApiContext,
): Promise<LongQuestion> {
  if (input.ablate != null)
    return { kind: 'ablate', question: await ablationQuestion(input.ablate, open, context) }
  if (input.attribute != null)
    return { kind: 'attribute', question: await attributionQuestion(input.attribute, open, context) }
  if (input.evaluate != null) {
    const { task, ...examples } = input.evaluate
    const path = 'input.question.evaluate'
    const { id } = await taskByRef(task, context, `${path}.task`)
    const question = await taskEvaluationQuestion(id, examples, open, context, `${path}.replacement`)
    return { kind: 'evaluate', question }
  }
  const faithfulness = given(input.faithfulness, 'input.question')
  return { kind: 'faithfulness', question: await faithfulnessQuestion(faithfulness, open, context) }
}

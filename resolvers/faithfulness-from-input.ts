/** The input of a test of faithfulness as a question. */
import type { FaithfulnessInput } from '../schema/faithfulness.input.js'
import type { MeasuredTaskInput } from '../schema/measured-prompt.input.js'
import type { FaithfulnessQuestion } from '../src/application/questions.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { InvalidInput } from '../src/domain/errors.js'
import type { ApiContext } from './api-context.js'
import { measuredOnFromInput } from './measured-on-from-input.js'
import { replacementFromInput, usualReplacement } from './replacement-from-input.js'

/** Without data the task that the circuit names; without a replacement the mean, where the model has a set for it. */
export async function faithfulnessQuestion(
  input: FaithfulnessInput,
  { graph }: OpenGraph,
  context: ApiContext,
): Promise<FaithfulnessQuestion> {
  const named = graph.task === null ? null : { ref: { name: graph.task.name }, split: 'TEST', first: 64 }
  const on = input.on ?? (named === null ? null : { task: named as MeasuredTaskInput })
  // A graph that cannot be run is refused for that, whatever it names.
  if (on === null && graph.source === 'SPARSE_WEIGHTS')
    throw new InvalidInput('BAD_INPUT', 'this graph names no task: say what faithfulness is measured on', {
      path: 'input.on',
    })
  return {
    on: await measuredOnFromInput(on, { sides: 'BOTH', at: 'ALL' }, context),
    split: input.split,
    replacement:
      input.replacement == null
        ? await usualReplacement(graph, context)
        : replacementFromInput(input.replacement, 'input.replacement'),
    universe: input.universe,
    ranking: input.ranking ?? null,
    signed: input.signed,
    grid: input.grid ?? null,
    randomDraws: input.randomDraws,
    controls: input.controls,
    seed: input.seed,
  }
}

/** What is measured, and on which prompts. */
import type { AblationInput } from '../schema/ablation.input.js'
import type { MeasuredOnInput } from '../schema/measured-prompt.input.js'
import type { MetricInput } from '../schema/metric.input.js'
import type { MeasuredOn, MetricChoice } from '../src/application/questions.js'
import type { ApiContext } from './api-context.js'
import { given } from './given.js'
import { promptFromInput } from './prompt-from-input.js'
import { taskByRef } from './task-view.js'

export async function measuredOnFromInput(
  input: MeasuredOnInput | null | undefined,
  { sides, at }: Pick<AblationInput, 'sides' | 'at'>,
  context: ApiContext,
  path = 'input.on',
): Promise<MeasuredOn> {
  if (input?.task != null) {
    const { ref, split, first } = input.task
    return { kind: 'task', task: (await taskByRef(ref, context, `${path}.task.ref`)).id, split, first, sides }
  }
  if (input?.pairs != null)
    return {
      kind: 'pairs',
      sides,
      pairs: input.pairs.map((pair) => ({
        clean: promptFromInput(pair.clean),
        corrupt: promptFromInput(pair.corrupt),
        target: pair.target,
        alternative: pair.alternative ?? null,
      })),
    }
  return {
    kind: 'prompts',
    at,
    prompts: (input?.prompts ?? []).map((measured) => ({
      prompt: promptFromInput(measured.prompt),
      target: measured.target ?? null,
      alternative: measured.alternative ?? null,
    })),
  }
}

export function metricFromInput(input: MetricInput, path: string): MetricChoice {
  if (input.preset) return { kind: 'preset', preset: input.preset }
  return { kind: 'direction', direction: given(input.direction, path) }
}

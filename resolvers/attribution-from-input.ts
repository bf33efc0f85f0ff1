/** The input of an attribution as a question. */
import type { AttributionInput, AttributionMethodInput } from '../schema/attribution.input.js'
import type { AttributionMethod, AttributionQuestion } from '../src/application/questions.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import type { ApiContext } from './api-context.js'
import { gatesFromInput } from './gates-from-input.js'
import { given } from './given.js'
import { measuredOnFromInput, metricFromInput } from './measured-on-from-input.js'
import { replacementFromInput } from './replacement-from-input.js'
import { selectorFromInput } from './selector-from-input.js'

export async function attributionQuestion(
  input: AttributionInput,
  open: OpenGraph,
  context: ApiContext,
): Promise<AttributionQuestion> {
  return {
    metric: metricFromInput(input.metric, 'input.metric'),
    of: input.of,
    method: method(input.method),
    nodes: input.nodes == null ? null : await selectorFromInput(input.nodes, open, context, 'input.nodes'),
    baseline: replacementFromInput(input.baseline, 'input.baseline'),
    background: input.background,
    on: await measuredOnFromInput(input.on, input, context),
    gates: gatesFromInput(input),
    allowEstimate: input.allowEstimate,
  }
}

function method(input: AttributionMethodInput): AttributionMethod {
  if (input.attributionPatching != null) return { kind: 'attributionPatching', ...input.attributionPatching }
  if (input.integratedGradients != null) {
    const { steps, rule } = input.integratedGradients
    return { kind: 'integratedGradients', steps: steps ?? null, rule }
  }
  if (input.edgeIntegratedGradients != null)
    return { kind: 'edgeIntegratedGradients', ...input.edgeIntegratedGradients }
  if (input.shapley != null) return { kind: 'shapley', ...input.shapley }
  return { kind: 'preset', preset: given(input.preset, 'input.method') }
}

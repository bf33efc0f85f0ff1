/** Inputs of whole computations as questions with every default filled in. */

import type { AblationInput } from '../schema/ablation.input.js'
import type { AttributionInput } from '../schema/attribution.input.js'
import type { MeasuredOnInput, PromptInput } from '../schema/measured-prompt.input.js'
import type { MetricInput } from '../schema/metric.input.js'
import type { ReplacementInput } from '../schema/replacement.input.js'
import type { RunInput } from '../schema/run.input.js'
import type {
  AblationQuestion,
  PromptInput as AskedPrompt,
  AttributionQuestion,
  MeasuredPrompt,
  MetricChoice,
  ReplacementChoice,
  RunQuestion,
} from '../src/application/questions.js'
import { InvalidInput } from '../src/domain/errors.js'
import type { ApiContext } from './api-context.js'
import { selectorFromInput } from './selector-from-input.js'

export function runQuestion(input: RunInput): RunQuestion {
  return {
    prompt: prompt(input.prompt),
    top: input.top,
    target: input.target ?? null,
    alternative: input.alternative ?? null,
    activations: input.activations,
    attentionLayers: input.attentionLayers,
    interventions: input.interventions.map(({ address, positions, change }) => ({
      address,
      positions: positions ?? null,
      value: given(change.set, 'input.interventions.change'),
    })),
    replacement:
      input.replacement == null ? { kind: 'preset', preset: 'MEAN' } : replacement(input.replacement),
  }
}

export async function ablationQuestion(input: AblationInput, context: ApiContext): Promise<AblationQuestion> {
  const target = given(input.target.nodes, 'input.target')
  return {
    target: await selectorFromInput(target, context),
    mode: input.mode,
    background: input.background ?? null,
    replacements: input.replacements.map(replacement),
    on: measuredOn(input.on),
    metrics: input.metrics.map(metric),
    sweep: given(input.sweep.preset, 'input.sweep'),
    allowEstimate: input.allowEstimate,
  }
}

export async function attributionQuestion(
  input: AttributionInput,
  context: ApiContext,
): Promise<AttributionQuestion> {
  return {
    metric: metric(input.metric),
    method: given(input.method.preset, 'input.method'),
    nodes: input.nodes == null ? null : await selectorFromInput(input.nodes, context),
    baseline: replacement(input.baseline),
    on: measuredOn(input.on),
    allowEstimate: input.allowEstimate,
  }
}

function measuredOn(input: MeasuredOnInput | null | undefined): MeasuredPrompt[] {
  return (input?.prompts ?? []).map((measured) => ({
    prompt: prompt(measured.prompt),
    target: measured.target ?? null,
    alternative: measured.alternative ?? null,
  }))
}

function prompt(input: PromptInput): AskedPrompt {
  return input.tokens ? { kind: 'tokens', tokens: input.tokens } : { kind: 'text', text: input.text ?? '' }
}

function metric(input: MetricInput): MetricChoice {
  if (input.preset) return { kind: 'preset', preset: input.preset }
  return { kind: 'direction', direction: given(input.direction, 'input.metrics') }
}

function replacement(input: ReplacementInput): ReplacementChoice {
  if (input.preset) return { kind: 'preset', preset: input.preset }
  if (input.mean) return { kind: 'mean', referenceSet: input.mean.referenceSet }
  return { kind: 'value', value: given(input.value, 'input.replacements') }
}

/** The schema sees to it that exactly one member is given; this says so to the compiler. */
function given<Value>(value: Value | null | undefined, path: string): Value {
  if (value == null) throw new InvalidInput('BAD_INPUT', `${path} needs exactly one member`, { path })
  return value
}

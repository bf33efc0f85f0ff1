/** The input of a run as a question. */
import type { InterventionChangeInput, InterventionInput, RunInput } from '../schema/run.input.js'
import type { InterventionChange, RunQuestion } from '../src/application/questions.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { InvalidInput } from '../src/domain/errors.js'
import type { NodeSelector } from '../src/query/node-selector.js'
import type { ApiContext } from './api-context.js'
import { gatesFromInput } from './gates-from-input.js'
import { given } from './given.js'
import { positionsFromInput } from './positions-from-input.js'
import { promptFromInput } from './prompt-from-input.js'
import { replacementFromInput } from './replacement-from-input.js'
import { selectorFromInput } from './selector-from-input.js'

export async function runQuestion(
  input: RunInput,
  open: OpenGraph,
  context: ApiContext,
): Promise<RunQuestion> {
  const { generate } = input
  return {
    prompt: input.prompt == null ? null : promptFromInput(input.prompt),
    top: input.top,
    target: input.target ?? null,
    alternative: input.alternative ?? null,
    activations: input.activations,
    attentionLayers: input.attentionLayers,
    interventions: await Promise.all(
      input.interventions.map(async (intervention, i) => ({
        at: await intervenedAt(intervention, `input.interventions[${i}]`, open, context),
        positions: positionsFromInput(intervention.positions),
        change: change(intervention.change, `input.interventions[${i}].change`),
      })),
    ),
    gates: gatesFromInput(input),
    generate:
      generate == null
        ? null
        : { length: generate.length, temperature: generate.temperature, seed: generate.seed },
    replacement:
      input.replacement == null
        ? { kind: 'preset', preset: 'MEAN' }
        : replacementFromInput(input.replacement, 'input.replacement'),
    allowEstimate: input.allowEstimate,
  }
}

async function intervenedAt(
  { address, nodes }: InterventionInput,
  path: string,
  open: OpenGraph,
  context: ApiContext,
): Promise<NodeSelector> {
  if ((address == null) === (nodes == null))
    throw new InvalidInput('BAD_INPUT', `${path} needs exactly one of address and nodes`, { path })
  return nodes == null
    ? { kind: 'addresses', addresses: [address!] }
    : await selectorFromInput(nodes, open, context, `${path}.nodes`)
}

function change(input: InterventionChangeInput, path: string): InterventionChange {
  if (input.set != null) return { kind: 'SET', value: input.set }
  if (input.add != null) return { kind: 'ADD', value: input.add }
  if (input.scale != null) return { kind: 'SCALE', value: input.scale }
  if (input.clamp != null) return { kind: 'CLAMP', least: input.clamp.least, most: input.clamp.most }
  return {
    kind: 'REPLACE',
    replacement: replacementFromInput(given(input.replacement, path), `${path}.replacement`),
  }
}

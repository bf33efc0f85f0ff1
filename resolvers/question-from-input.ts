/** Inputs of whole computations as questions with every default filled in. */

import type {
  AblationInput,
  AblationTargetInput,
  EdgeSelectorInput,
  SweepInput,
} from '../schema/ablation.input.js'
import type { AttributionInput, AttributionMethodInput } from '../schema/attribution.input.js'
import type { FaithfulnessInput } from '../schema/faithfulness.input.js'
import type { GatesInput } from '../schema/gates.input.js'
import type { MeasuredOnInput, MeasuredTaskInput } from '../schema/measured-prompt.input.js'
import type { MetricInput } from '../schema/metric.input.js'
import type { LongQuestionInput } from '../schema/mutation.input.js'
import type { PositionChoiceInput } from '../schema/position-choice.input.js'
import type { ReplacementInput } from '../schema/replacement.input.js'
import type { InterventionChangeInput, InterventionInput, RunInput } from '../schema/run.input.js'
import type { TaskEvaluationArgs } from '../schema/task-evaluation.input.js'
import type { LongQuestion } from '../src/application/long-question.js'
import type {
  AblationQuestion,
  AblationTarget,
  AttributionMethod,
  AttributionQuestion,
  EdgeSelector,
  FaithfulnessQuestion,
  InterventionChange,
  MeasuredOn,
  MetricChoice,
  PositionChoice,
  ReplacementChoice,
  RunQuestion,
  Sweep,
  TaskEvaluationQuestion,
} from '../src/application/questions.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { InvalidInput } from '../src/domain/errors.js'
import type { Gate, Gates } from '../src/domain/experiment/measurement.js'
import type { GraphData } from '../src/domain/graph-data.js'
import type { NodeSelector } from '../src/query/node-selector.js'
import type { ApiContext } from './api-context.js'
import { checkFilterSize } from './filter-limit.js'
import { promptFromInput } from './prompt-from-input.js'
import { selectorFromInput } from './selector-from-input.js'
import { taskByRef } from './task-view.js'

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
        positions: positions(intervention.positions),
        change: change(intervention.change, `input.interventions[${i}].change`),
      })),
    ),
    gates: gates(input),
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

export async function ablationQuestion(
  input: AblationInput,
  open: OpenGraph,
  context: ApiContext,
): Promise<AblationQuestion> {
  return {
    target: await target(input.target, open, context),
    positions: positions(input.positions),
    mode: input.mode,
    background: input.background ?? null,
    replacements: input.replacements.map((choice, i) =>
      replacementFromInput(choice, `input.replacements[${i}]`),
    ),
    direction: input.direction,
    on: await measuredOn(input.on, input, context),
    train: input.train == null ? null : await measuredOn(input.train, input, context, 'input.train'),
    metrics: input.metrics.map((choice, i) => metric(choice, `input.metrics[${i}]`)),
    gates: gates(input, input.target.paths == null ? 'LIVE' : 'FROZEN'),
    sweep: sweep(input.sweep),
    allowEstimate: input.allowEstimate,
  }
}

export async function attributionQuestion(
  input: AttributionInput,
  open: OpenGraph,
  context: ApiContext,
): Promise<AttributionQuestion> {
  return {
    metric: metric(input.metric, 'input.metric'),
    of: input.of,
    method: method(input.method),
    nodes: input.nodes == null ? null : await selectorFromInput(input.nodes, open, context, 'input.nodes'),
    baseline: replacementFromInput(input.baseline, 'input.baseline'),
    background: input.background,
    on: await measuredOn(input.on, input, context),
    gates: gates(input),
    allowEstimate: input.allowEstimate,
  }
}

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
    on: await measuredOn(on, { sides: 'BOTH', at: 'ALL' }, context),
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

/** MEAN where the model has a reference set to take it over, else ZERO. */
async function usualReplacement({ model }: GraphData, { useCases }: ApiContext): Promise<ReplacementChoice> {
  const known = model.kind === 'sparse' && (await useCases.hasReferenceSet(model.id))
  return { kind: 'preset', preset: known ? 'MEAN' : 'ZERO' }
}

async function target(
  input: AblationTargetInput,
  open: OpenGraph,
  context: ApiContext,
): Promise<AblationTarget> {
  if (input.paths != null) return { kind: 'paths', paths: input.paths }
  if (input.edges != null) return { kind: 'edges', edges: edgeSelector(input.edges) }
  return {
    kind: 'nodes',
    nodes: await selectorFromInput(given(input.nodes, 'input.target'), open, context, 'input.target.nodes'),
  }
}

function edgeSelector(input: EdgeSelectorInput): EdgeSelector {
  if (input.addresses != null) return { kind: 'addresses', addresses: input.addresses }
  return {
    kind: 'where',
    where: checkFilterSize(given(input.where, 'input.target.edges'), 'input.target.edges.where'),
  }
}

function sweep(input: SweepInput): Sweep {
  if (input.cumulative == null) return { kind: 'preset', preset: given(input.preset, 'input.sweep') }
  const { ranking, order, sizes } = input.cumulative
  return { kind: 'cumulative', ranking: ranking ?? null, order, sizes: sizes ?? null }
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

function positions(input: PositionChoiceInput | null | undefined): PositionChoice | null {
  if (input == null) return null
  if (input.indices != null) return { kind: 'indices', indices: input.indices }
  if (input.range != null) return { kind: 'range', from: input.range.from, to: input.range.to }
  if (input.fromEnd != null) return { kind: 'fromEnd', offsets: input.fromEnd }
  if (input.role != null) return { kind: 'role', role: input.role }
  return { kind: 'tokens', ...given(input.tokenMatches, 'input.positions') }
}

/** Live unless said; along paths, frozen unless said (semantics.md §10). */
function gates(input: GatesInput, usual: Gate = 'LIVE'): Gates {
  return {
    norms: input.norms ?? usual,
    attention: input.attention ?? usual,
    topK: input.topK ?? usual,
  }
}

async function measuredOn(
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

function metric(input: MetricInput, path: string): MetricChoice {
  if (input.preset) return { kind: 'preset', preset: input.preset }
  return { kind: 'direction', direction: given(input.direction, path) }
}

export function replacementFromInput(input: ReplacementInput, path: string): ReplacementChoice {
  if (input.preset) return { kind: 'preset', preset: input.preset }
  if (input.mean) return { kind: 'mean', referenceSet: input.mean.referenceSet }
  if (input.dataset) return { kind: 'dataset', seed: input.dataset.seed }
  if (input.corrupt != null) {
    if (input.corrupt) return { kind: 'corrupt' }
    throw new InvalidInput('BAD_INPUT', 'corrupt: false says nothing; name another replacement', { path })
  }
  return { kind: 'value', value: given(input.value, path) }
}

/** The schema sees to it that exactly one member is given; this says so to the compiler. */
function given<Value>(value: Value | null | undefined, path: string): Value {
  if (value == null) throw new InvalidInput('BAD_INPUT', `${path} needs exactly one member`, { path })
  return value
}

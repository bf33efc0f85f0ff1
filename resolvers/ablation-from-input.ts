/** The input of an ablation as a question. */
import type {
  AblationInput,
  AblationTargetInput,
  EdgeSelectorInput,
  SweepInput,
} from '../schema/ablation.input.js'
import type { AblationQuestion, AblationTarget, EdgeSelector, Sweep } from '../src/application/questions.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import type { ApiContext } from './api-context.js'
import { checkFilterSize } from './filter-limit.js'
import { gatesFromInput } from './gates-from-input.js'
import { given } from './given.js'
import { measuredOnFromInput, metricFromInput } from './measured-on-from-input.js'
import { positionsFromInput } from './positions-from-input.js'
import { replacementFromInput } from './replacement-from-input.js'
import { selectorFromInput } from './selector-from-input.js'

export async function ablationQuestion(
  input: AblationInput,
  open: OpenGraph,
  context: ApiContext,
): Promise<AblationQuestion> {
  return {
    target: await target(input.target, open, context),
    positions: positionsFromInput(input.positions),
    mode: input.mode,
    background: input.background ?? null,
    replacements: input.replacements.map((choice, i) =>
      replacementFromInput(choice, `input.replacements[${i}]`),
    ),
    direction: input.direction,
    on: await measuredOnFromInput(input.on, input, context),
    train: input.train == null ? null : await measuredOnFromInput(input.train, input, context, 'input.train'),
    metrics: input.metrics.map((choice, i) => metricFromInput(choice, `input.metrics[${i}]`)),
    gates: gatesFromInput(input, input.target.paths == null ? 'LIVE' : 'FROZEN'),
    sweep: sweep(input.sweep),
    allowEstimate: input.allowEstimate,
  }
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

/**
 * Ablation by running the model: removes or keeps only the target, with zero, mean or given values in its place, and
 * reports effect, importance and normalised faithfulness against the empty circuit (semantics.md §3–6).
 */
import { printAddress } from '../domain/address.js'
import { InvalidInput } from '../domain/errors.js'
import type { CircuitNode } from '../domain/graph-data.js'
import { parseDirection, printDirection } from '../query/direction.js'
import type { Scores } from '../query/node-filter.js'
import { selectNodes } from '../query/node-selector.js'
import { beginAnswer } from './answer-base.js'
import type { AblationAnswer, AblationReading } from './answers.js'
import {
  allChannels,
  type Fill,
  type KeptChannels,
  keptChannels,
  replaceAllBut,
  tapOfSite,
  without,
} from './channel-mask.js'
import { promptCases } from './measured-prompts.js'
import { EFFECT_SIGN, metricSign } from './metric-sign.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { MeasureAnswer, MetricName, ModelRunner, PromptCase } from './ports/model-runner.js'
import type { AblationQuestion, MetricChoice } from './questions.js'
import { replacementValues } from './replacement-values.js'
import { type SparseSetting, sparseSetting } from './sparse-setting.js'
import type { Asking, OpenGraph } from './use-cases.js'

export const MAX_SWEEP = 2_000
/** Channels replaced in one request to the runner: bounds its message, not the question. */
const REPLACEMENTS_PER_REQUEST = 200_000

/** A metric as the runner knows it, with the prompts it is taken on. */
interface Measured {
  readonly name: string
  readonly metric: MetricName
  readonly sign: 1 | -1 | null
  readonly prompts: readonly PromptCase[]
}

export async function ablateModel(
  open: OpenGraph,
  question: AblationQuestion,
  scores: Scores,
  asking: Asking,
  deps: { library: ModelLibrary; runner: ModelRunner; clock: Clock },
): Promise<AblationAnswer> {
  const finish = beginAnswer(open, { ask: 'ablate', ...question }, deps.clock)
  const setting = await sparseSetting(open, deps.library, deps.runner)
  const plan = planAblation(open, question, scores, setting)
  const measured = measuredMetrics(question.metrics, promptCases(question.on, setting.structure))
  const readings: AblationReading[] = []
  const rows = plan.elements.map((node) => ({ node, readings: [] as AblationReading[] }))
  let evaluations = 0
  let margin: number | null = null
  const referenceSets: string[] = []
  if (question.replacements.length === 0)
    throw new InvalidInput('BAD_INPUT', 'give at least one replacement', { path: 'input.replacements' })
  for (const choice of question.replacements) {
    const filling = await replacementValues(
      choice,
      setting.modelId,
      setting.structure,
      deps.runner,
      asking.signal,
    )
    if (filling.referenceSetId !== null) referenceSets.push(filling.referenceSetId)
    for (const metric of measured) {
      const keeps = [plan.background, new Map(), plan.together, ...plan.each]
      const values = await measureKeeps(keeps, filling.fill, metric, setting, asking)
      evaluations += values.evaluations
      margin = smaller(margin, values.smallestMargin)
      const [full, empty, together, ...each] = values.values
      const read = (ablated: readonly (number | null)[]): AblationReading =>
        reading(metric, filling.name, full!, ablated, empty!)
      readings.push(read(together!))
      for (const [i, row] of rows.entries()) row.readings.push(read(each[i]!))
    }
  }
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: setting.modelId,
      referenceSetId: referenceSets[0] ?? null,
      smallestMargin: margin,
      evaluations,
    }),
    readings,
    rows,
    ignored: plan.ignored,
    signConvention: EFFECT_SIGN,
    smallestMargin: margin,
  }
}

interface Plan {
  readonly background: KeptChannels
  readonly together: KeptChannels
  /** One per swept element, in the order of `elements`. */
  readonly each: readonly KeptChannels[]
  readonly elements: readonly CircuitNode[]
  readonly ignored: readonly string[]
}

function planAblation(
  open: OpenGraph,
  question: AblationQuestion,
  scores: Scores,
  { maskable }: SparseSetting,
): Plan {
  const { graph } = open
  if (open.type !== 'model' && question.background === null) {
    throw new InvalidInput(
      'BAD_INPUT',
      'say what is taken apart: background MODEL (the whole model) or CIRCUIT (this graph alone)',
      { path: 'input.background' },
    )
  }
  const background = question.background === 'CIRCUIT' ? keptChannels(graph.nodes) : allChannels(maskable)
  const chosen = selectNodes(question.target, graph, scores).map((ordinal) => graph.nodes[ordinal]!)
  if (chosen.length === 0)
    throw new InvalidInput('BAD_INPUT', 'the target selects no node', { path: 'input.target' })
  const reachable = chosen.filter((node) => maskable.has(tapOfSite(node.place.site)?.tap ?? ''))
  const ignored = chosen.filter((node) => !reachable.includes(node)).map((node) => printAddress(node.place))
  if (question.mode === 'REMOVE' && ignored.length > 0) {
    throw new InvalidInput('NOT_MEANINGFUL', `${ignored[0]} cannot be masked, so it cannot be removed`, {
      path: 'input.target',
    })
  }
  const elements = question.sweep === 'EACH_NODE' ? reachable : []
  if (elements.length > MAX_SWEEP) {
    throw new InvalidInput(
      'LIMIT_EXCEEDED',
      `a sweep takes at most ${MAX_SWEEP} nodes, this one has ${elements.length}`,
      { path: 'input.target', hint: 'narrow the target' },
    )
  }
  const keep = (nodes: readonly CircuitNode[]): KeptChannels =>
    question.mode === 'KEEP_ONLY' ? keptChannels(nodes) : without(background, keptChannels(nodes))
  return {
    background,
    together: keep(reachable),
    each: elements.map((node) => keep([node])),
    elements,
    ignored,
  }
}

function measuredMetrics(choices: readonly MetricChoice[], prompts: readonly PromptCase[]): Measured[] {
  if (choices.length === 0)
    throw new InvalidInput('BAD_INPUT', 'give at least one metric', { path: 'input.metrics' })
  return choices.map((choice) => measuredMetric(choice, prompts))
}

/** A contrast of logits is a logit difference with its own two tokens; a single logit has no meaning of its own. */
export function measuredMetric(choice: MetricChoice, prompts: readonly PromptCase[]): Measured {
  if (choice.kind === 'preset')
    return { name: choice.preset, metric: choice.preset, sign: metricSign(choice.preset), prompts }
  const direction = parseDirection(choice.direction)
  const [target, alternative] = [direction.plus, direction.minus].map((end) =>
    end?.site.kind === 'logit' && typeof end.site.token === 'number' ? end.site.token : null,
  )
  if (target === null || target === undefined || alternative === null || alternative === undefined) {
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `${printDirection(direction)} is not a contrast of two vocabulary ids`,
      {
        hint: 'a single logit depends on the gauge: a vector added to all rows changes no probability; write logit(5)-logit(7)',
      },
    )
  }
  return {
    name: printDirection(direction),
    metric: 'LOGIT_DIFFERENCE',
    sign: null,
    prompts: prompts.map(({ tokens }) => ({ tokens, target, alternative })),
  }
}

async function measureKeeps(
  keeps: readonly KeptChannels[],
  fill: Fill,
  { metric, prompts }: Measured,
  { modelId, maskable, runner }: SparseSetting,
  asking: Asking,
): Promise<{ values: (readonly (number | null)[])[]; evaluations: number; smallestMargin: number | null }> {
  const widest = maskable.sites.reduce((sum, { width }) => sum + width, 0)
  const batch = Math.max(1, Math.floor(REPLACEMENTS_PER_REQUEST / Math.max(1, widest)))
  const values: (readonly (number | null)[])[] = []
  let evaluations = 0
  let smallestMargin: number | null = null
  for (let at = 0; at < keeps.length; at += batch) {
    const variants = keeps.slice(at, at + batch).map((keep) => replaceAllBut(maskable, keep, fill))
    const answer: MeasureAnswer = await runner.measure(
      { modelId, prompts, metrics: [metric], variants },
      asking.signal,
    )
    for (const variant of answer.values) values.push(variant[0]!)
    evaluations += answer.evaluations
    smallestMargin = smaller(smallestMargin, answer.smallestMargin)
  }
  return { values, evaluations, smallestMargin }
}

type PerExample = readonly (number | null)[]

function reading(
  { name, sign }: Measured,
  replacement: string,
  full: PerExample,
  ablated: PerExample,
  empty: PerExample,
): AblationReading {
  const means = { full: meanOf(full), ablated: meanOf(ablated), empty: meanOf(empty) }
  const base = {
    metric: name,
    replacement,
    ...means,
    perExample: full.map((value, i) => ({ full: value, ablated: ablated[i]! })),
  }
  if (means.full === null || means.ablated === null || means.empty === null) {
    return {
      ...base,
      effect: null,
      importance: null,
      faithfulness: null,
      spread: null,
      reason: `${name} is undefined on a prompt: it needs a target (and a logit difference an alternative)`,
    }
  }
  const effect = means.ablated - means.full
  const span = means.full - means.empty
  const tolerance = 1e-12 * Math.max(1, Math.abs(means.full), Math.abs(means.empty))
  const flat = Math.abs(span) <= tolerance
  return {
    ...base,
    effect,
    importance: sign === null ? null : effect * sign,
    faithfulness: flat ? null : (means.ablated - means.empty) / span,
    reason: flat ? 'faithfulness is undefined: the empty circuit measures the same as the full one' : null,
    spread: spreadOf(full.map((value, i) => ablated[i]! - value!)),
  }
}

export function meanOf(values: PerExample): number | null {
  if (values.length === 0 || values.some((value) => value === null)) return null
  return (values as readonly number[]).reduce((sum, value) => sum + value, 0) / values.length
}

/** Sample standard deviation; null for one example. */
function spreadOf(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

export function smaller(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b)
}

/**
 * Attribution on a sparse model: gradient × activation, or exact ablation node by node. Every score approximates
 * effect = m(ablated) − m(full), so a good method correlates positively with exact ablation (semantics.md §3, §7).
 */
import { InvalidInput } from '../domain/errors.js'
import type { CircuitNode } from '../domain/graph-data.js'
import type { Scores } from '../query/node-filter.js'
import { selectNodes } from '../query/node-selector.js'
import { ablateModel, meanOf, measuredMetric, smaller } from './ablate-model.js'
import { beginAnswer } from './answer-base.js'
import type { AttributionAnswer } from './answers.js'
import { tapOfSite } from './channel-mask.js'
import { promptCases } from './measured-prompts.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { GradientAnswer, ModelRunner } from './ports/model-runner.js'
import type { AttributionQuestion } from './questions.js'
import { type ReplacementValues, replacementValues } from './replacement-values.js'
import { type SparseSetting, sparseSetting } from './sparse-setting.js'
import type { Asking, OpenGraph } from './use-cases.js'

const GRADIENT_SIGN =
  'score = Σ over positions of (baseline − activation) · ∂metric/∂activation, mean over examples: a first-order estimate of metric(ablated) − metric(full), not an ablation'
const EXACT_SIGN = 'score = metric(ablated) − metric(full), each node replaced on its own in the whole model'

interface Deps {
  readonly library: ModelLibrary
  readonly runner: ModelRunner
  readonly clock: Clock
}

export async function attributeModel(
  open: OpenGraph,
  question: AttributionQuestion,
  scores: Scores,
  asking: Asking,
  deps: Deps,
): Promise<AttributionAnswer> {
  const nodes =
    question.nodes === null
      ? open.graph.nodes
      : selectNodes(question.nodes, open.graph, scores).map((ordinal) => open.graph.nodes[ordinal]!)
  switch (question.method) {
    case 'GRADIENT_TIMES_ACTIVATION':
      return gradientTimesActivation(open, question, nodes, asking, deps)
    case 'EXACT_ABLATION':
      return exactAblation(open, question, nodes, scores, asking, deps)
    case 'DIRECT_LOGIT':
      throw new InvalidInput(
        'UNSUPPORTED',
        'DIRECT_LOGIT is answered on attribution graphs; on a sparse model use GRADIENT_TIMES_ACTIVATION or EXACT_ABLATION',
        { path: 'input.method' },
      )
    default:
      return question.method satisfies never
  }
}

async function gradientTimesActivation(
  open: OpenGraph,
  question: AttributionQuestion,
  nodes: readonly CircuitNode[],
  asking: Asking,
  deps: Deps,
): Promise<AttributionAnswer> {
  const finish = beginAnswer(open, { ask: 'attribute', ...question }, deps.clock)
  const setting = await sparseSetting(open, deps.library, deps.runner)
  const metric = measuredMetric(question.metric, promptCases(question.on, setting.structure))
  const filling = await replacementValues(
    question.baseline,
    setting.modelId,
    setting.structure,
    deps.runner,
    asking.signal,
  )
  const taps = [...new Set(nodes.flatMap((node) => tapOfSite(node.place.site)?.tap ?? []))]
  const answer = await deps.runner.gradients(
    { modelId: setting.modelId, prompts: metric.prompts, metric: metric.metric, taps },
    asking.signal,
  )
  const estimates = new Map(taps.map((tap) => [tap, estimatesAt(tap, answer, filling)]))
  const cuts = await measureCuts(taps, estimates, metric, filling, setting, asking)
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: setting.modelId,
      referenceSetId: filling.referenceSetId,
      smallestMargin: smaller(answer.smallestMargin, cuts.smallestMargin),
      evaluations: metric.prompts.length + cuts.evaluations,
    }),
    method: question.method,
    metric: metric.name,
    baseline: filling.name,
    signConvention: GRADIENT_SIGN,
    scores: nodes.map((node) => {
      const place = tapOfSite(node.place.site)
      const estimate = place === null ? undefined : estimates.get(place.tap)
      if (place === null || estimate === undefined)
        return { node, score: null, absSum: null, reason: 'no channel of the model stands here' }
      return {
        node,
        score: estimate.sum[place.index] ?? null,
        absSum: estimate.absSum[place.index] ?? null,
        reason: null,
      }
    }),
    cuts: cuts.rows,
    value: meanOf(answer.prompts.map((prompt) => prompt.value)),
    smallestMargin: smaller(answer.smallestMargin, cuts.smallestMargin),
  }
}

interface Estimates {
  readonly sum: Float64Array
  readonly absSum: Float64Array
}

/** Per channel of one tap: signed and absolute sums over positions, mean over examples, in fixed order. */
function estimatesAt(tap: string, answer: GradientAnswer, { fill }: ReplacementValues): Estimates {
  const recorded = answer.prompts.map((prompt) => prompt.taps.find((found) => found.tap === tap)!)
  const channels = recorded[0]?.channels ?? 0
  const sum = new Float64Array(channels)
  const absSum = new Float64Array(channels)
  for (let c = 0; c < channels; c++) {
    const baseline = fill(tap, c)
    for (const { activations, gradients } of recorded) {
      for (let at = c; at < activations.length; at += channels) {
        const term = (baseline - activations[at]!) * gradients[at]!
        sum[c]! += term
        absSum[c]! += Math.abs(term)
      }
    }
    sum[c]! /= recorded.length
    absSum[c]! /= recorded.length
  }
  return { sum, absSum }
}

/** The whole site replaced jointly, against the sum of its estimates: the gap is defined per cut only. */
async function measureCuts(
  taps: readonly string[],
  estimates: ReadonlyMap<string, Estimates>,
  metric: ReturnType<typeof measuredMetric>,
  filling: ReplacementValues,
  { modelId, runner }: SparseSetting,
  asking: Asking,
): Promise<{ rows: AttributionAnswer['cuts']; evaluations: number; smallestMargin: number | null }> {
  const variants = taps.map((tap) =>
    Array.from(estimates.get(tap)!.sum, (_, index) => ({
      tap,
      index,
      position: null,
      value: filling.fill(tap, index),
    })),
  )
  const answer = await runner.measure(
    { modelId, prompts: metric.prompts, metrics: [metric.metric], variants: [[], ...variants] },
    asking.signal,
  )
  const full = meanOf(answer.values[0]![0]!)
  const rows = taps.map((site, i) => {
    const sum = estimates.get(site)!.sum.reduce((total, value) => total + value, 0)
    const replaced = meanOf(answer.values[i + 1]![0]!)
    const trueDifference = full === null || replaced === null ? null : replaced - full
    return {
      site,
      sum,
      trueDifference,
      gap: trueDifference === null ? null : trueDifference - sum,
      reason: null,
    }
  })
  return { rows, evaluations: answer.evaluations, smallestMargin: answer.smallestMargin }
}

async function exactAblation(
  open: OpenGraph,
  question: AttributionQuestion,
  nodes: readonly CircuitNode[],
  scores: Scores,
  asking: Asking,
  deps: Deps,
): Promise<AttributionAnswer> {
  const finish = beginAnswer(open, { ask: 'attribute', ...question }, deps.clock)
  const swept = await ablateModel(
    open,
    {
      target: { kind: 'addresses', addresses: nodes.map((node) => node.address) },
      mode: 'REMOVE',
      background: 'MODEL',
      replacements: [question.baseline],
      on: question.on,
      metrics: [question.metric],
      sweep: 'EACH_NODE',
      allowEstimate: false,
    },
    scores,
    asking,
    deps,
  )
  const { smallestMargin } = swept
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: swept.provenance.modelId,
      referenceSetId: swept.provenance.referenceSetId,
      smallestMargin,
      evaluations: swept.execution.evaluations,
    }),
    method: question.method,
    metric: swept.readings[0]!.metric,
    baseline: swept.readings[0]!.replacement,
    signConvention: EXACT_SIGN,
    scores: swept.rows.map(({ node, readings }) => ({
      node,
      score: readings[0]!.effect,
      absSum: null,
      reason: readings[0]!.effect === null ? readings[0]!.reason : null,
    })),
    cuts: [],
    value: swept.readings[0]!.full,
    smallestMargin,
  }
}

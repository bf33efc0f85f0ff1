/**
 * Attribution on a sparse model. Every score approximates, or is, effect = m(replaced) − m(full), so a good method
 * correlates positively with exact ablation (semantics.md §3, §7); a gradient estimate is never called an ablation.
 */
import { InvalidInput } from '../domain/errors.js'
import type { AttributionScores } from '../domain/experiment/attribution.js'
import { allOf, difference } from '../domain/experiment/channel-set.js'
import type { Scores } from '../query/node-filter.js'
import { dataFacts, type ModelDeps } from './ablate-model.js'
import { beginAnswer } from './answer-base.js'
import type { AttributionAnswer, AttributionCheck, AttributionScore } from './answers.js'
import { type Attributed, attributedElements } from './measuring/attributed-elements.js'
import { attributionMethod, methodName } from './measuring/attribution-method.js'
import { channelsOf } from './measuring/channel-mask.js'
import { checkedSample } from './measuring/checked-sample.js'
import { dataSet, promptsOf } from './measuring/data-set.js'
import type { Element } from './measuring/elements.js'
import { drawnSeed, type NamedFill, namedFill } from './measuring/fills.js'
import { type ChosenMetric, chosenMetric } from './measuring/metric-choice.js'
import { rankCorrelation } from './measuring/rank-correlation.js'
import { meanOf } from './measuring/readings.js'
import { rowFill } from './measuring/row-fill.js'
import { shapleyPlan } from './measuring/shapley.js'
import { type SubsetSetting, subsetValues } from './measuring/subset-values.js'
import type { AttributionCheckQuestion, AttributionQuestion } from './questions.js'
import { sparseSetting } from './sparse-setting.js'
import type { Asking, OpenGraph } from './use-cases.js'

const GRADIENT_SIGN =
  'score ≈ metric(replaced) − metric(full), summed over positions, mean over prompts: an estimate from gradients, not an ablation'
const EXACT_SIGN = 'score = metric(ablated) − metric(full), each element replaced on its own'
const BEHIND = {
  MODEL: 'full is the whole model',
  CIRCUIT: 'full is the circuit alone, everything outside it at the baseline',
} as const
const SHAPLEY_SIGN =
  'score = mean change of the metric when the element is replaced after others, over orders: scores add up to metric(all replaced) − metric(full)'

export async function attributeModel(
  open: OpenGraph,
  question: AttributionQuestion,
  scores: Scores,
  asking: Asking,
  deps: ModelDeps,
): Promise<AttributionAnswer> {
  const finish = beginAnswer(open, { ask: 'attribute', ...question }, deps.clock)
  const setting = await settingOf(open, question, scores, asking, deps)
  const made = await scoresOf(question, setting, asking)
  const margin = Math.min(made.margin, setting.baseline.margin)
  const smallestMargin = margin === Number.POSITIVE_INFINITY ? null : margin
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: setting.modelId,
      referenceSetId: setting.baseline.reference?.id ?? null,
      seed: question.method.kind === 'shapley' ? question.method.seed : drawnSeed([question.baseline]),
      smallestMargin,
      evaluations: made.evaluations,
      compiled: made.compiled,
    }),
    ...made.answer,
    signConvention: `${made.answer.signConvention}; ${BEHIND[question.background]}`,
    scores: [...made.rows, ...setting.unscored],
    method: methodName(question),
    metric: setting.chosen.name,
    baseline: setting.baseline.name,
    baselineReference: setting.baseline.reference,
    dataSet: dataFacts(setting.data),
    smallestMargin,
  }
}

/** Ablates the largest scores, and an even draw from the rest, exactly, with the same replacement and gates. */
export async function checkAttribution(
  open: OpenGraph,
  question: AttributionQuestion,
  answer: AttributionAnswer,
  check: AttributionCheckQuestion,
  scores: Scores,
  asking: Asking,
  deps: ModelDeps,
): Promise<AttributionCheck> {
  const setting = await settingOf(open, question, scores, asking, deps)
  const byLabel = new Map(setting.elements.map((element) => [element.label, element]))
  const sample = checkedSample(
    answer.scores.filter((row) => row.score !== null && byLabel.has(row.label)),
    check,
  )
  const measured = await subsetValues(
    sample.map(({ label }) => [byLabel.get(label)!]),
    setting,
    asking,
  )
  const full = meanOf(measured.full)
  const rows = sample.map(({ label, score }, i) => {
    const effect = meanOf(measured.replaced[i]!) - full
    return { label, score: score!, effect, miss: score! - effect }
  })
  const signed = rows.filter(({ effect }) => effect !== 0)
  const worst = [...rows].sort((a, b) => Math.abs(b.miss) - Math.abs(a.miss))[0]
  return {
    rows,
    rankCorrelation: rankCorrelation(
      rows.map(({ score }) => score),
      rows.map(({ effect }) => effect),
    ),
    signAgreement:
      signed.length === 0
        ? null
        : signed.filter(({ score, effect }) => Math.sign(score) === Math.sign(effect)).length / signed.length,
    worst: worst?.label ?? null,
    evaluations: measured.evaluations,
  }
}

type Setting = SubsetSetting & Attributed & { readonly baseline: NamedFill; readonly chosen: ChosenMetric }

async function settingOf(
  open: OpenGraph,
  question: AttributionQuestion,
  scores: Scores,
  asking: Asking,
  deps: ModelDeps,
): Promise<Setting> {
  const sparse = await sparseSetting(open, deps.library, deps.runner)
  const data = await dataSet(question.on, sparse.structure, 'NOISING', deps.tasks)
  const chosen = chosenMetric(question.metric, data, sparse.structure, 'input.metric')
  const baseline = await namedFill(
    question.baseline,
    data,
    { ...sparse, means: deps.means },
    asking,
    'input.baseline',
  )
  const attributed = attributedElements(open, question, scores, sparse.structure, data)
  return {
    ...attributed,
    modelId: sparse.modelId,
    sites: sparse.sites,
    circuit: question.background === 'CIRCUIT' ? channelsOf(open.graph.nodes) : null,
    runner: deps.runner,
    data,
    chosen,
    metric: chosen.metric,
    baseline,
    gates: question.gates,
  }
}

interface Made {
  readonly rows: readonly AttributionScore[]
  readonly answer: Pick<
    AttributionAnswer,
    'signConvention' | 'cuts' | 'value' | 'replacedValue' | 'steps' | 'jumps'
  >
  readonly evaluations: number
  readonly compiled: number
  readonly margin: number
}

async function scoresOf(question: AttributionQuestion, setting: Setting, asking: Asking): Promise<Made> {
  const method = attributionMethod(question)
  if (method === 'EXACT_ABLATION') return exactAblation(setting, asking)
  if (method === 'SHAPLEY') return shapleyValues(question, setting, asking)
  const answer = await setting.runner.attribute(
    {
      modelId: setting.modelId,
      prompts: promptsOf(setting.data),
      metric: setting.metric,
      method,
      of: setting.asked,
      baseline: setting.baseline.fill,
      rows: rowFill(setting.baseline),
      background: {
        replaced: setting.circuit === null ? new Map() : difference(allOf(setting.sites), setting.circuit),
        fill: setting.baseline.fill,
      },
      gates: question.gates,
    },
    asking,
  )
  return {
    rows: gradientRows(setting.elements, answer, setting.data.cases.length),
    answer: {
      signConvention: GRADIENT_SIGN,
      cuts: answer.cuts.map(({ site, sum, replaced }) => {
        const total = meanOf(sum)
        const trueDifference = meanOf(replaced) - meanOf(answer.values)
        return { site, sum: total, trueDifference, gap: trueDifference - total, reason: null }
      }),
      value: meanOf(answer.values),
      replacedValue: answer.cuts.length === 1 ? meanOf(answer.cuts[0]!.replaced) : null,
      steps: answer.steps,
      jumps: answer.jumps,
    },
    evaluations: answer.evaluations,
    compiled: 0,
    margin: answer.smallestMargin,
  }
}

/**
 * Mean over prompts of signed and absolute sums over positions, in canonical order. A prompt that is too short for an
 * input position changes nothing there, so that means of tokens still add up.
 */
function gradientRows(
  elements: readonly Element[],
  { count, scores, absolute }: AttributionScores,
  prompts: number,
): readonly AttributionScore[] {
  const mean = (values: Float64Array, element: number): number | null => {
    let sum = 0
    let seen = 0
    for (let p = 0; p < prompts; p++) {
      const value = values[p * count + element]!
      if (Number.isNaN(value)) continue
      sum += value
      seen++
    }
    return seen === 0 ? null : sum / prompts
  }
  const rows = elements.map((element, i) =>
    row(element, mean(scores, i), { absSum: mean(absolute, i), standardError: null }),
  )
  return rows.sort((a, b) => (a.node?.ordinal ?? 0) - (b.node?.ordinal ?? 0) || (a.edge ?? 0) - (b.edge ?? 0))
}

function row(
  element: Element,
  score: number | null,
  more: Pick<AttributionScore, 'absSum' | 'standardError'>,
): AttributionScore {
  const { kind, label, nodes, links, layer, head, position } = element
  return {
    kind: kind as AttributionScore['kind'],
    label,
    node: kind === 'NODE' ? nodes[0]! : null,
    edge: kind === 'EDGE' ? links[0]!.edge : null,
    layer,
    head,
    position,
    score,
    ...more,
    reason: score === null ? 'it does not write to the residual stream' : null,
  }
}

async function exactAblation(setting: Setting, asking: Asking): Promise<Made> {
  const measured = await subsetValues(
    setting.elements.map((element) => [element]),
    setting,
    asking,
  )
  const full = defined(meanOf(measured.full), setting)
  return {
    rows: setting.elements.map((element, i) =>
      row(element, meanOf(measured.replaced[i]!) - full, { absSum: null, standardError: null }),
    ),
    answer: {
      signConvention: EXACT_SIGN,
      cuts: [],
      value: full,
      replacedValue: null,
      steps: null,
      jumps: null,
    },
    evaluations: measured.evaluations,
    compiled: measured.compiled,
    margin: measured.margin,
  }
}

async function shapleyValues(
  { method }: AttributionQuestion,
  setting: Setting,
  asking: Asking,
): Promise<Made> {
  if (method.kind !== 'shapley') throw new Error(`${method.kind} is not shapley`)
  const { elements } = setting
  const plan = shapleyPlan(elements.length, method.permutations, method.seed)
  const measured = await subsetValues(
    plan.subsets.map((subset) => subset.map((i) => elements[i]!)),
    setting,
    asking,
  )
  const full = defined(meanOf(measured.full), setting)
  const values = measured.replaced.map(meanOf)
  const { scores, errors } = plan.values(values)
  const replaced = values[plan.subsets.findIndex((subset) => subset.length === elements.length)]!
  const sum = scores.reduce((total, score) => total + score, 0)
  return {
    rows: elements.map((element, i) =>
      row(element, scores[i]!, { absSum: null, standardError: errors?.[i] ?? null }),
    ),
    answer: {
      signConvention: SHAPLEY_SIGN,
      // Shapley values add up whatever lies in series (semantics.md §7).
      cuts: [
        {
          site: 'all elements',
          sum,
          trueDifference: replaced - full,
          gap: replaced - full - sum,
          reason: null,
        },
      ],
      value: full,
      replacedValue: replaced,
      steps: null,
      jumps: null,
    },
    evaluations: measured.evaluations,
    compiled: measured.compiled,
    margin: measured.margin,
  }
}

function defined(value: number, { chosen }: Setting): number {
  if (!Number.isNaN(value)) return value
  throw new InvalidInput(
    'BAD_INPUT',
    `${chosen.name} is undefined on a prompt: it needs a target (and a logit difference an alternative)`,
    { path: 'input.on' },
  )
}

/**
 * Attribution on a sparse model. Every score approximates, or is, effect = m(replaced) − m(full), so a good method
 * correlates positively with exact ablation (semantics.md §3, §7); a gradient estimate is never called an ablation.
 */
import type { Scores } from '../query/node-filter.js'
import { dataFacts, type ModelDeps } from './ablate-model.js'
import { beginAnswer } from './answer-base.js'
import type { AttributionAnswer, AttributionCheck } from './answers.js'
import { attributedElements } from './measuring/attributed-elements.js'
import { methodName } from './measuring/attribution-method.js'
import { type AttributionSetting, attributionScores } from './measuring/attribution-scores.js'
import { channelsOf } from './measuring/channel-mask.js'
import { checkedSample } from './measuring/checked-sample.js'
import { dataSet } from './measuring/data-set.js'
import { drawnSeed, namedFill } from './measuring/fills.js'
import { chosenMetric } from './measuring/metric-choice.js'
import { rankCorrelation } from './measuring/rank-correlation.js'
import { meanOf } from './measuring/readings.js'
import { subsetValues } from './measuring/subset-values.js'
import type { AttributionCheckQuestion, AttributionQuestion } from './questions.js'
import { sparseSetting } from './sparse-setting.js'
import type { Asking, OpenGraph } from './use-cases.js'

const BEHIND = {
  MODEL: 'full is the whole model',
  CIRCUIT: 'full is the circuit alone, everything outside it at the baseline',
} as const

export async function attributeModel(
  open: OpenGraph,
  question: AttributionQuestion,
  scores: Scores,
  asking: Asking,
  deps: ModelDeps,
): Promise<AttributionAnswer> {
  const finish = beginAnswer(open, { ask: 'attribute', ...question }, deps.clock)
  const setting = await settingOf(open, question, scores, asking, deps)
  const made = await attributionScores(question, setting, asking)
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

async function settingOf(
  open: OpenGraph,
  question: AttributionQuestion,
  scores: Scores,
  asking: Asking,
  deps: ModelDeps,
): Promise<AttributionSetting> {
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

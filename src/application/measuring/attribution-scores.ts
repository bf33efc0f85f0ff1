/** Scores of an attribution by its method: from gradients, from exact ablations one by one, or Shapley values. */
import { InvalidInput } from '../../domain/errors.js'
import type { AttributionScores } from '../../domain/experiment/attribution.js'
import { allOf, difference } from '../../domain/experiment/channel-set.js'
import type { AttributionAnswer, AttributionScore } from '../answers.js'
import type { AttributionQuestion } from '../questions.js'
import type { Asking } from '../use-cases.js'
import type { Attributed } from './attributed-elements.js'
import { attributionMethod } from './attribution-method.js'
import { promptsOf } from './data-set.js'
import type { Element } from './elements.js'
import type { NamedFill } from './fills.js'
import type { ChosenMetric } from './metric-choice.js'
import { meanOf } from './readings.js'
import { rowFill } from './row-fill.js'
import { shapleyPlan } from './shapley.js'
import { type SubsetSetting, subsetValues } from './subset-values.js'

const GRADIENT_SIGN =
  'score ≈ metric(replaced) − metric(full), summed over positions, mean over prompts: an estimate from gradients, not an ablation'
const EXACT_SIGN = 'score = metric(ablated) − metric(full), each element replaced on its own'
const SHAPLEY_SIGN =
  'score = mean change of the metric when the element is replaced after others, over orders: scores add up to metric(all replaced) − metric(full)'

export type AttributionSetting = SubsetSetting &
  Attributed & { readonly baseline: NamedFill; readonly chosen: ChosenMetric }

/** Scores of the asked elements and what their sums are compared with. */
export interface MadeScores {
  readonly rows: readonly AttributionScore[]
  readonly answer: Pick<
    AttributionAnswer,
    'signConvention' | 'cuts' | 'value' | 'replacedValue' | 'steps' | 'jumps'
  >
  readonly evaluations: number
  readonly compiled: number
  readonly margin: number
}

/** Throws BAD_INPUT where the metric is undefined. */
export async function attributionScores(
  question: AttributionQuestion,
  setting: AttributionSetting,
  asking: Asking,
): Promise<MadeScores> {
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

async function exactAblation(setting: AttributionSetting, asking: Asking): Promise<MadeScores> {
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
  setting: AttributionSetting,
  asking: Asking,
): Promise<MadeScores> {
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

function defined(value: number, { chosen }: AttributionSetting): number {
  if (!Number.isNaN(value)) return value
  throw new InvalidInput(
    'BAD_INPUT',
    `${chosen.name} is undefined on a prompt: it needs a target (and a logit difference an alternative)`,
    { path: 'input.on' },
  )
}

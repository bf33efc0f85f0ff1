/**
 * OPTIMAL_CONSTANT (semantics.md §11): for every metric and every row of an ablation, the constants that make the
 * metric best when they stand in everything that the row replaces. Fitted on a train part; the rows are measured on
 * other examples.
 */
import { InvalidInput, LimitExceeded } from '../../domain/errors.js'
import { type ChannelSet, difference, sizeOf, union } from '../../domain/experiment/channel-set.js'
import type { ConstantFit, FittedConstants } from '../../domain/experiment/constant-fit.js'
import type { Fill, Measurement, Variant } from '../../domain/experiment/measurement.js'
import type { ConstantFitFacts } from '../answers.js'
import type { ModelRunner, Watching } from '../ports/model-runner.js'
import { partsOf } from '../staged-progress.js'
import { type AblationPlan, ablationMeasurement, ROWS } from './ablation-plan.js'
import { type DataSet, exampleCount, halves, promptsOf } from './data-set.js'
import { type FillSetting, type NamedFill, ownMeans } from './fills.js'
import type { ChosenMetric } from './metric-choice.js'

/** Steps of one fit. */
const MAX_STEPS = 100
/** Fits × prompts × steps of one question. */
export const MAX_FIT_RUNS = 500_000

const ZERO: Fill = { kind: 'CONSTANT', value: 0 }

export interface OptimalConstants extends Pick<NamedFill, 'name' | 'reference' | 'margin'> {
  /** By metric: one fill per row. */
  readonly columns: readonly (readonly Fill[])[]
  readonly fits: readonly ConstantFitFacts[]
  readonly evaluations: number
}

/** Throws BAD_INPUT for data that cannot be parted. */
export function trainAndTest(
  data: DataSet,
  given: { readonly data: DataSet; readonly origin: string } | null,
): { readonly train: DataSet; readonly test: DataSet; readonly origin: string } {
  if (given !== null) return { train: given.data, test: data, origin: given.origin }
  if (exampleCount(data) < 2)
    throw new InvalidInput(
      'BAD_INPUT',
      'OPTIMAL_CONSTANT is fitted on one part of the examples and measured on another: give at least two, or train examples',
      { path: 'input.on', hint: 'train: {pairs: […]} names what to fit on' },
    )
  return {
    ...halves(data),
    origin: 'every second example of the question, from the first; the others are measured',
  }
}

/** `plan` has its positions for the train prompts. Throws LIMIT_EXCEEDED where the fits would cost too much. */
export async function optimalConstants(
  plan: AblationPlan,
  train: DataSet,
  origin: string,
  metrics: readonly ChosenMetric[],
  setting: FillSetting & { readonly runner: ModelRunner },
  watching: Watching,
): Promise<OptimalConstants> {
  if (plan.together.links.length > 0)
    throw new InvalidInput('UNSUPPORTED', 'optimal constants are fitted for nodes, not for edges', {
      path: 'input.replacements',
    })
  const rows = ablationMeasurement(
    plan,
    [ZERO],
    metrics.map(({ metric }) => metric),
    promptsOf(train),
  )
  checkWork(rows, metrics.length)
  const begin = await ownMeans(setting, watching)
  const stop = new AbortController()
  const signal = AbortSignal.any([watching.signal, stop.signal])
  const next = partsOf(
    { ...watching, signal },
    distinctFits(rows, metrics.length),
    fitRuns(train.cases.length),
  )
  const known = new Map<string, Promise<FittedConstants>>()
  const fitted = (variant: Variant, chosen: ChosenMetric): Promise<FittedConstants> => {
    const key = JSON.stringify([chosen.name, variant.replaced])
    const answer =
      known.get(key) ?? setting.runner.fitConstants(fitOf(variant, chosen, rows, plan, begin?.values), next())
    known.set(key, answer)
    return answer
  }
  const columns: Fill[][] = []
  const fits: ConstantFitFacts[] = []
  let margin = Number.POSITIVE_INFINITY
  try {
    for (const chosen of metrics) {
      const answers = await Promise.all(
        rows.variants.map((variant) => (variant.replaced.length === 0 ? null : fitted(variant, chosen))),
      )
      columns.push(
        answers.map((answer) => (answer === null ? ZERO : { kind: 'PER_CHANNEL', values: answer.values })),
      )
      answers.forEach((answer, row) => {
        if (answer === null) return
        margin = Math.min(margin, answer.smallestMargin)
        const { before, after, steps, converged } = answer
        const channels = fittedChannels(rows.variants[row]!, rows)
        fits.push({ of: rowName(plan, row), metric: chosen.name, channels, before, after, steps, converged })
      })
    }
  } catch (error) {
    stop.abort()
    throw error
  }
  const spent = await Promise.all(known.values())
  return {
    name: 'OPTIMAL_CONSTANT',
    reference: {
      id: train.id,
      origin,
      sequences: train.cases.length,
      tokens: train.cases.reduce((sum, { prompt }) => sum + prompt.tokens.length, 0),
      axis: 'PER_CHANNEL',
      rules: `one constant per replaced channel, which together make the metric best on ${origin}; fitted for each metric and row by itself, from ${begin === null ? 'zeros' : 'means'}, in at most ${MAX_STEPS} steps`,
    },
    margin: Math.min(margin, begin?.smallestMargin ?? margin),
    columns,
    fits,
    evaluations: spent.reduce((sum, { evaluations }) => sum + evaluations, 0),
  }
}

/** Runs that fitting takes at least where no fit is done before its last step; `plan` has positions for `test`. */
export function plannedFitRuns(plan: AblationPlan, test: DataSet, train: DataSet, metrics: number): number {
  return (
    distinctFits(ablationMeasurement(plan, [ZERO], [], promptsOf(test)), metrics) *
    fitRuns(train.cases.length)
  )
}

export function fitRuns(cases: number): number {
  return cases * (MAX_STEPS + 1)
}

/** Rows that replace the same places share their fits. */
function distinctFits({ variants }: Measurement, metrics: number): number {
  const replacing = variants.filter(({ replaced }) => replaced.length > 0)
  return new Set(replacing.map(({ replaced }) => JSON.stringify(replaced))).size * metrics
}

function checkWork({ variants, prompts }: Measurement, metrics: number): void {
  const fits = variants.filter(({ replaced }) => replaced.length > 0).length * metrics
  const runs = fits * prompts.length * MAX_STEPS
  if (runs <= MAX_FIT_RUNS) return
  throw new LimitExceeded(
    `${fits} fits of constants × ${prompts.length} train prompts × ${MAX_STEPS} steps are ${runs} runs, at most ${MAX_FIT_RUNS} are taken`,
    {
      path: 'input.replacements',
      hint: 'ablate together, or give fewer elements, metrics or train examples',
      facts: { fits, prompts: prompts.length, steps: MAX_STEPS, runs, limit: MAX_FIT_RUNS },
    },
  )
}

function fitOf(
  variant: Variant,
  { name, metric, sign }: ChosenMetric,
  rows: Measurement,
  { modelId, gates }: AblationPlan,
  begin: ReadonlyMap<string, Float64Array> | undefined,
): ConstantFit {
  if (sign === null)
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `${name} is neither better large nor small, so that no constant makes it best`,
      { path: 'input.metrics', hint: 'use LOGIT_DIFFERENCE or TASK_LOSS' },
    )
  const replaced = variant.replaced.map(({ set, positions }) => ({
    channels: channelsOfEntry(rows, set),
    positions: positions === null ? null : rows.positions[positions]!,
  }))
  const taps = new Set(replaced.flatMap(({ channels }) => [...channels.keys()]))
  const widths = new Map([...rows.universe].map(([tap, channels]) => [tap, channels.length]))
  return {
    modelId,
    prompts: rows.prompts,
    metric,
    sense: sign,
    replaced,
    start: new Map(Array.from(taps, (tap) => [tap, begin?.get(tap) ?? new Float64Array(widths.get(tap)!)])),
    maxSteps: MAX_STEPS,
    gates,
  }
}

function channelsOfEntry({ sets, universe }: Measurement, set: number): ChannelSet {
  const { channels, complement } = sets[set]!
  return complement ? difference(universe, channels) : channels
}

function fittedChannels({ replaced }: Variant, rows: Measurement): number {
  return sizeOf(
    replaced.reduce<ChannelSet>((all, { set }) => union(all, channelsOfEntry(rows, set)), new Map()),
  )
}

function rowName({ elements }: AblationPlan, row: number): string {
  switch (row) {
    case ROWS.background:
      return 'background'
    case ROWS.empty:
      return 'empty'
    case ROWS.together:
      return 'together'
    default:
      return elements[row - ROWS.elements]!.label
  }
}

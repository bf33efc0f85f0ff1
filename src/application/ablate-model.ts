/**
 * Ablation by running the model: removes or keeps only the target, with one or several replacements in its place, all
 * at once and element by element, and reports effect, importance and faithfulness with the evidence beside them
 * (semantics.md §3–6, §10–11).
 */
import { InvalidInput } from '../domain/errors.js'
import type { Fill } from '../domain/experiment/measurement.js'
import { isHeldOut } from '../domain/task.js'
import type { Scores } from '../query/node-filter.js'
import { beginAnswer } from './answer-base.js'
import type { AblationAnswer, AblationRow, DataSetFacts } from './answers.js'
import { type AblationPlan, ablationMeasurement, ROWS, rowsPerColumn } from './measuring/ablation-plan.js'
import { type DataSet, dataSet, exampleCount, promptsOf } from './measuring/data-set.js'
import { drawnSeed, namedFill } from './measuring/fills.js'
import { type ChosenMetric, chosenMetrics, EFFECT_SIGN } from './measuring/metric-choice.js'
import { optimalConstants, plannedFitRuns, trainAndTest } from './measuring/optimal-constants.js'
import { planAblation } from './measuring/planned-ablation.js'
import { chosenPositions } from './measuring/positions.js'
import { ReadingTable, rankAgreements, type UsedFill } from './measuring/reading-table.js'
import type { ReferenceMeans } from './measuring/reference-means.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { ModelRunner } from './ports/model-runner.js'
import type { TaskLibrary } from './ports/task-library.js'
import type { AblationQuestion, PartsTarget, ReplacementChoice } from './questions.js'
import { type SparseSetting, sparseSetting } from './sparse-setting.js'
import { StagedProgress } from './staged-progress.js'
import type { Asking, OpenGraph } from './use-cases.js'

export interface ModelDeps {
  readonly library: ModelLibrary
  readonly runner: ModelRunner
  readonly means: ReferenceMeans
  readonly tasks: TaskLibrary
  readonly clock: Clock
}

export async function ablateModel(
  open: OpenGraph,
  question: AblationQuestion<PartsTarget>,
  scores: Scores,
  asking: Asking,
  deps: ModelDeps,
): Promise<AblationAnswer> {
  const finish = beginAnswer(open, { ask: 'ablate', ...question }, deps.clock)
  const setting = await sparseSetting(open, deps.library, deps.runner)
  const data = await measuredData(question, setting, deps)
  const metrics = chosenMetrics(question.metrics, data.test, setting.structure)
  const { plan, ignored, singles } = planAblation(open, question, scores, setting, data.test)
  const stages = data.train === null ? null : fittingStages(question, plan, metrics.length, data, asking)
  const { fills, columns, evaluations } = await usedFills(
    question,
    plan,
    metrics,
    data,
    setting,
    { asking, stages },
    deps,
  )
  const measurement = ablationMeasurement(
    plan,
    columns,
    metrics.map(({ metric }) => metric),
    promptsOf(data.test),
  )
  const count = plan.elements.length - singles
  const rowOf = (table: ReadingTable, i: number): AblationRow => {
    const element = plan.elements[i]!
    return {
      kind: element.kind as AblationRow['kind'],
      label: element.label,
      nodes: element.nodes,
      edge: element.links.length === 1 ? element.links[0]!.edge : null,
      size: element.nodes.length + element.links.length,
      layer: element.layer,
      head: element.head,
      position: element.position,
      readings: table.readings(ROWS.elements + i),
      interactions: element.pair === null ? null : table.interactions(i, element.pair, singles),
    }
  }
  const cases = data.test.cases.length
  const partial = new Float64Array(measurement.variants.length * metrics.length * cases)
  const coming = new ReadingTable(plan, fills, metrics, data.test, partial)
  // A row is complete with its last replacement; interactions wait for the single elements behind all rows.
  const lastColumn = (columns.length - 1) * rowsPerColumn(plan) + ROWS.elements
  let sent = 0
  const { signal, onProgress } = stages?.next() ?? asking
  const answer = await deps.runner.measure(measurement, {
    signal,
    ...(onProgress === undefined ? {} : { onProgress }),
    onRows: ({ first, values }) => {
      const row = metrics.length * cases
      partial.set(values, first * row)
      const complete = Math.min(count, first + values.length / row - lastColumn)
      if (asking.onSweepRows === undefined || singles > 0 || complete <= sent) return
      asking.onSweepRows(Array.from({ length: complete - sent }, (_, i) => rowOf(coming, sent + i)))
      sent = complete
    },
  })
  stages?.finish()
  const table = new ReadingTable(plan, fills, metrics, data.test, answer.values)
  const rows = Array.from({ length: count }, (_, i) => rowOf(table, i))
  if (sent < count) asking.onSweepRows?.(rows.slice(sent))
  const margin = Math.min(...answer.margins, ...fills.map((fill) => fill.margin))
  const smallestMargin = margin === Number.POSITIVE_INFINITY ? null : margin
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: setting.modelId,
      referenceSetId: fills.find(({ reference }) => reference !== null)?.reference?.id ?? null,
      seed: drawnSeed(question.replacements),
      smallestMargin,
      evaluations: answer.evaluations + evaluations,
      compiled: answer.compiled,
    }),
    readings: table.readings(ROWS.together),
    rows,
    rankAgreement: rankAgreements(
      rows,
      metrics,
      fills.map((fill) => fill.name),
    ),
    replacements: fills.map(({ name, reference, fits }) => ({ name, reference, fits })),
    dataSet: dataFacts(data.test),
    ignored,
    signConvention: EFFECT_SIGN,
    smallestMargin,
  }
}

interface MeasuredData {
  readonly test: DataSet
  /** What constants are fitted on, and what that is in words; null where none are. */
  readonly train: { readonly data: DataSet; readonly origin: string } | null
}

/**
 * All replacements of a question are measured on the same examples, so that they can be compared. A task that is
 * measured on its held-out split brings its own train examples.
 */
async function measuredData(
  { on, train, direction, replacements }: AblationQuestion,
  { structure }: SparseSetting,
  { tasks }: ModelDeps,
): Promise<MeasuredData> {
  const all = await dataSet(on, structure, direction, tasks)
  if (!replacements.some(isOptimal)) {
    if (train === null) return { test: all, train: null }
    throw new InvalidInput('BAD_INPUT', 'train examples are for OPTIMAL_CONSTANT, which was not asked for', {
      path: 'input.train',
    })
  }
  const own = train ?? (on.kind === 'task' && isHeldOut(on.split) ? { ...on, split: 'TRAIN' as const } : null)
  const origin =
    train === null ? 'the TRAIN examples of the task' : 'the train examples that were given with the question'
  const given =
    own === null ? null : { data: await dataSet(own, structure, direction, tasks, 'input.train'), origin }
  const parts = trainAndTest(all, given)
  return { test: parts.test, train: { data: parts.train, origin: parts.origin } }
}

function isOptimal(choice: ReplacementChoice): boolean {
  return choice.kind === 'preset' && choice.preset === 'OPTIMAL_CONSTANT'
}

async function usedFills(
  { replacements, positions }: AblationQuestion,
  plan: AblationPlan,
  metrics: readonly ChosenMetric[],
  { test, train }: MeasuredData,
  setting: SparseSetting,
  { asking, stages }: { readonly asking: Asking; readonly stages: StagedProgress | null },
  { means }: ModelDeps,
): Promise<{
  readonly fills: readonly UsedFill[]
  readonly columns: readonly (Fill | readonly Fill[])[]
  readonly evaluations: number
}> {
  if (replacements.length === 0)
    throw new InvalidInput('BAD_INPUT', 'give at least one replacement', { path: 'input.replacements' })
  const fills: UsedFill[] = []
  const columns: (Fill | readonly Fill[])[] = []
  let evaluations = 0
  for (const [i, choice] of replacements.entries()) {
    if (train !== null && isOptimal(choice)) {
      const chosen =
        positions === null
          ? null
          : chosenPositions(positions, train.data, setting.structure, 'input.positions')
      const found = await optimalConstants(
        { ...plan, positions: chosen },
        train.data,
        train.origin,
        metrics,
        { ...setting, means },
        stages?.next() ?? { signal: asking.signal },
      )
      fills.push({ ...found, columns: metrics.map((_, m) => columns.length + m) })
      columns.push(...found.columns)
      evaluations += found.evaluations
    } else {
      const { fill, ...named } = await namedFill(
        choice,
        test,
        { ...setting, means },
        asking,
        `input.replacements[${i}]`,
      )
      fills.push({ ...named, fits: [], columns: metrics.map(() => columns.length) })
      columns.push(fill)
    }
  }
  return { fills, columns, evaluations }
}

/** Fits take far longer than what is measured with them: both count toward one total. */
function fittingStages(
  { replacements }: AblationQuestion,
  plan: AblationPlan,
  metrics: number,
  { test, train }: MeasuredData,
  asking: Asking,
): StagedProgress {
  const optimal = replacements.filter(isOptimal)
  const columns = replacements.length + optimal.length * (metrics - 1)
  const runs = plannedFitRuns(plan, test, train!.data, metrics)
  return new StagedProgress(asking, [
    ...optimal.map(() => ({ name: 'optimal constants', runs })),
    { name: 'ablations', runs: columns * rowsPerColumn(plan) * test.cases.length },
  ])
}

export function dataFacts(data: DataSet): DataSetFacts {
  const { id, cases } = data
  return {
    id,
    prompts: cases.length,
    examples: exampleCount(data),
    tokens: cases.reduce((sum, { prompt }) => sum + prompt.tokens.length, 0),
  }
}

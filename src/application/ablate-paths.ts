/**
 * Ablation of paths by running the model (semantics.md §10): only what flows along them carries the replacement
 * (REMOVE), or is there at all (KEEP_ONLY). Paths that meet are felt together, so that effects do not add up.
 */
import { InvalidInput } from '../domain/errors.js'
import { allOf, difference } from '../domain/experiment/channel-set.js'
import type { PathAblation, PathAblationAnswer } from '../domain/experiment/path-ablation.js'
import { dataFacts, type ModelDeps } from './ablate-model.js'
import { beginAnswer } from './answer-base.js'
import type { AblationAnswer, AblationReading, AblationRow } from './answers.js'
import { type AblationPlan, ablationMeasurement, ROWS, rowsPerColumn } from './measuring/ablation-plan.js'
import { channelsOf } from './measuring/channel-mask.js'
import { type DataSet, dataSet, promptsOf } from './measuring/data-set.js'
import { drawnSeed, type NamedFill, namedFill } from './measuring/fills.js'
import { type MeasuredPath, measuredPaths } from './measuring/measured-paths.js'
import { type ChosenMetric, chosenMetrics, EFFECT_SIGN } from './measuring/metric-choice.js'
import { checkBackground, together } from './measuring/planned-ablation.js'
import { chosenPositions } from './measuring/positions.js'
import { rankAgreements } from './measuring/reading-table.js'
import { ablationReading } from './measuring/readings.js'
import type { AblationQuestion, PathTarget } from './questions.js'
import { type SparseSetting, sparseSetting } from './sparse-setting.js'
import { partsOf, StagedProgress } from './staged-progress.js'
import type { Asking, OpenGraph } from './use-cases.js'

export async function ablatePaths(
  open: OpenGraph,
  question: AblationQuestion<PathTarget>,
  asking: Asking,
  deps: ModelDeps,
): Promise<AblationAnswer> {
  const finish = beginAnswer(open, { ask: 'ablate', ...question }, deps.clock)
  checkBackground(open, question)
  const each = sweepsEach(question)
  const setting = await sparseSetting(open, deps.library, deps.runner)
  const data = await dataSet(question.on, setting.structure, question.direction, deps.tasks)
  const metrics = chosenMetrics(question.metrics, data, setting.structure)
  const paths = measuredPaths(question.target.paths, open.graph)
  const fills = await fillsOf(question, data, setting, asking, deps)
  const plan: AblationPlan = {
    modelId: setting.modelId,
    sites: setting.sites,
    circuit: question.background === 'CIRCUIT' ? channelsOf(open.graph.nodes) : null,
    mode: 'REMOVE',
    together: together([], []),
    elements: [],
    positions: null,
    gates: question.gates,
  }
  const measurement = ablationMeasurement(
    plan,
    fills.map(({ fill }) => fill),
    metrics.map(({ metric }) => metric),
    promptsOf(data),
  )
  const cases = data.cases.length
  const runs = cases * (2 + (each ? paths.length : 0))
  const stages = new StagedProgress(asking, [
    { name: 'runs behind the paths', runs: cases * measurement.variants.length },
    ...fills.map(({ name }) => ({ name: `paths, ${name}`, runs })),
  ])
  const around = await deps.runner.measure(measurement, stages.next())
  const answers: PathAblationAnswer[] = []
  for (const { fill } of fills)
    answers.push(
      await deps.runner.ablatePaths(
        requestOf(question, plan, paths, data, metrics, fill, each, setting),
        partsOf(stages.next(), 1, runs)(),
      ),
    )
  stages.finish()
  const column = (values: Float64Array, row: number, m: number): Float64Array => {
    const at = (row * metrics.length + m) * cases
    return values.subarray(at, at + cases)
  }
  const readings = (row: number): AblationReading[] =>
    fills.flatMap(({ name }, f) =>
      metrics.map((metric, m) => {
        const behind = (of: number) => column(around.values, f * rowsPerColumn(plan) + of, m)
        const runs = {
          model: behind(ROWS.model),
          full: behind(ROWS.background),
          empty: behind(ROWS.empty),
          ablated: column(answers[f]!.values, row, m),
        }
        return ablationReading(metric, name, runs, data)
      }),
    )
  const rows = each ? paths.map((path, i) => rowOf(path, readings(1 + i))) : []
  const margin = Math.min(
    ...around.margins,
    ...answers.flatMap(({ margins }) => [...margins]),
    ...fills.map((fill) => fill.margin),
  )
  const smallestMargin = margin === Number.POSITIVE_INFINITY ? null : margin
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: setting.modelId,
      referenceSetId: fills.find(({ reference }) => reference !== null)?.reference?.id ?? null,
      seed: drawnSeed(question.replacements),
      smallestMargin,
      evaluations: answers.reduce((sum, { evaluations }) => sum + evaluations, around.evaluations),
      compiled: around.compiled,
    }),
    readings: readings(0),
    rows,
    rankAgreement: rankAgreements(
      rows,
      metrics,
      fills.map((fill) => fill.name),
    ),
    replacements: fills.map(({ name, reference }) => ({ name, reference, fits: [] })),
    dataSet: dataFacts(data),
    ignored: [],
    signConvention: EFFECT_SIGN,
    smallestMargin,
  }
}

function requestOf(
  { mode, positions, gates }: AblationQuestion,
  { modelId, circuit }: AblationPlan,
  paths: readonly MeasuredPath[],
  data: DataSet,
  metrics: readonly ChosenMetric[],
  fill: NamedFill['fill'],
  each: boolean,
  { sites, structure }: SparseSetting,
): PathAblation {
  const everything = allOf(sites)
  const outside = circuit === null ? new Map<string, Uint32Array>() : difference(everything, circuit)
  return {
    modelId,
    prompts: promptsOf(data),
    metrics: metrics.map(({ metric }) => metric),
    paths: paths.map(({ points }) => points),
    mode,
    replaced: mode === 'KEEP_ONLY' ? everything : outside,
    each,
    fill,
    positions: positions === null ? null : chosenPositions(positions, data, structure, 'input.positions'),
    gates,
  }
}

function rowOf({ label, nodes, points }: MeasuredPath, readings: readonly AblationReading[]): AblationRow {
  return {
    kind: 'PATH',
    label,
    nodes,
    edge: null,
    size: points.length,
    layer: null,
    head: null,
    position: null,
    readings,
    interactions: null,
  }
}

function sweepsEach({ sweep }: AblationQuestion): boolean {
  if (sweep.kind === 'preset' && (sweep.preset === 'TOGETHER' || sweep.preset === 'EACH_PATH'))
    return sweep.preset === 'EACH_PATH'
  throw new InvalidInput('NOT_MEANINGFUL', 'paths are taken TOGETHER or by EACH_PATH', {
    path: 'input.sweep',
  })
}

async function fillsOf(
  { replacements, train }: AblationQuestion,
  data: DataSet,
  setting: SparseSetting,
  asking: Asking,
  { means }: ModelDeps,
): Promise<readonly NamedFill[]> {
  if (replacements.length === 0)
    throw new InvalidInput('BAD_INPUT', 'give at least one replacement', { path: 'input.replacements' })
  if (
    train !== null ||
    replacements.some((choice) => choice.kind === 'preset' && choice.preset === 'OPTIMAL_CONSTANT')
  )
    throw new InvalidInput('UNSUPPORTED', 'optimal constants are fitted for nodes, not for paths', {
      path: 'input.replacements',
    })
  const fills: NamedFill[] = []
  for (const [i, choice] of replacements.entries())
    fills.push(await namedFill(choice, data, { ...setting, means }, asking, `input.replacements[${i}]`))
  return fills
}

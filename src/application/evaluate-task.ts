/**
 * How well a graph does a task: loss, accuracy and logit difference over its examples, side by side and template by
 * template. A model is run as it is; of a circuit everything outside it is replaced.
 */
import { LIVE_GATES } from '../domain/experiment/measurement.js'
import type { Metric } from '../domain/experiment/metric.js'
import { dataFacts, type ModelDeps } from './ablate-model.js'
import { beginAnswer } from './answer-base.js'
import type { TaskEvaluation, TaskReading } from './answers.js'
import { keeping, Ledger, maskedRuns, WHOLE_MODEL } from './faithfulness/masked-runs.js'
import { TASK_LOSS } from './faithfulness/size-search.js'
import { bootstrapInterval } from './measuring/bootstrap.js'
import { channelsOf } from './measuring/channel-mask.js'
import { pairsDataSet } from './measuring/data-set.js'
import { drawnSeed, type NamedFill, namedFill } from './measuring/fills.js'
import { meanOf } from './measuring/readings.js'
import { taskPairs } from './measuring/task-pairs.js'
import type { TaskEvaluationQuestion } from './questions.js'
import { sparseSetting } from './sparse-setting.js'
import type { Asking, OpenGraph } from './use-cases.js'

const METRICS: readonly Metric[] = [
  TASK_LOSS,
  { name: 'LOGIT_DIFFERENCE', against: null },
  { name: 'ACCURACY', against: null },
]

/** Throws MODEL_NOT_AT_HAND for graphs that cannot be run, BAD_INPUT for an example that is not the model's to read. */
export async function evaluateTask(
  open: OpenGraph,
  question: TaskEvaluationQuestion,
  asking: Asking,
  deps: ModelDeps,
): Promise<TaskEvaluation> {
  const isModel = open.type === 'model'
  const { replacement, ...examples } = question
  const asked = isModel ? examples : question
  const finish = beginAnswer(open, { ask: 'evaluate', ...asked }, deps.clock)
  const sparse = await sparseSetting(open, deps.library, deps.runner)
  const pairs = await taskPairs({ kind: 'task', sides: 'BOTH', ...examples }, deps.tasks, '')
  // Without a second answer there is nothing to be right about on the corrupt side.
  const twoAnswers = pairs.every(({ alternative }) => alternative !== null)
  const data = pairsDataSet(pairs, twoAnswers ? 'BOTH' : 'CLEAN', sparse.structure, 'NOISING', 'examples')
  const filling: NamedFill | null = isModel
    ? null
    : await namedFill(replacement, data, { ...sparse, means: deps.means }, asking, 'replacement')
  const ledger = new Ledger()
  const [values] = await maskedRuns(
    [isModel ? WHOLE_MODEL : keeping(channelsOf(open.graph.nodes))],
    METRICS,
    {
      modelId: sparse.modelId,
      sites: sparse.sites,
      data,
      fill: filling?.fill ?? { kind: 'CONSTANT', value: 0 },
      gates: LIVE_GATES,
      runner: deps.runner,
      ledger,
    },
    asking,
  )
  const { cases } = data
  const all = cases.map((_, i) => i)
  const where = (test: (measured: (typeof cases)[number]) => boolean): TaskReading =>
    reading(
      values!,
      all.filter((i) => test(cases[i]!)),
    )
  const whole = where(() => true)
  const margin = Math.min(ledger.margin, filling?.margin ?? Number.POSITIVE_INFINITY)
  const smallestMargin = margin === Number.POSITIVE_INFINITY ? null : margin
  const names = [...new Set(pairs.flatMap(({ template }) => template ?? []))]
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: sparse.modelId,
      referenceSetId: filling?.reference?.id ?? null,
      seed: isModel ? null : drawnSeed([replacement]),
      smallestMargin,
      evaluations: ledger.evaluations,
      compiled: ledger.compiled,
    }),
    ...whole,
    lossInterval:
      whole.loss === null
        ? null
        : bootstrapInterval(
            [values![0]!],
            cases.map(({ cluster }) => cluster),
            ([loss]) => loss!,
          ),
    reason:
      whole.difference === null
        ? 'a logit difference needs two answers, and an example of the task has one'
        : null,
    split: question.split,
    replacement: filling === null ? null : { name: filling.name, reference: filling.reference, fits: [] },
    dataSet: dataFacts(data),
    sides: (['CLEAN', 'CORRUPT'] as const)
      .filter((side) => cases.some((measured) => measured.side === side))
      .map((side) => ({ side, ...where((measured) => measured.side === side) })),
    templates: names.map((template) => ({
      template,
      examples: pairs.filter((pair) => pair.template === template).length,
      ...where(({ example }) => pairs[example]!.template === template),
    })),
    smallestMargin,
  }
}

function reading(values: readonly Float64Array[], cases: readonly number[]): TaskReading {
  const [loss, difference, accuracy] = values.map((column) => {
    const mean = meanOf(cases.map((i) => column[i]!))
    return Number.isNaN(mean) ? null : mean
  })
  return { loss: loss!, difference: difference!, accuracy: accuracy! }
}

/**
 * Is this circuit the behaviour? Sufficiency and necessity side by side, above chance and against the empty circuit,
 * beside random circuits of the same size, over circuit size, and under the controls of semantics.md §13.
 */
import { InvalidInput } from '../domain/errors.js'
import { allOf, type ChannelSet, channelSet, difference, sizeOf } from '../domain/experiment/channel-set.js'
import { LIVE_GATES } from '../domain/experiment/measurement.js'
import type { Metric } from '../domain/experiment/metric.js'
import { isHeldOut } from '../domain/task.js'
import type { Scores } from '../query/node-filter.js'
import { dataFacts, type ModelDeps } from './ablate-model.js'
import { beginAnswer } from './answer-base.js'
import type { FaithfulnessAnswer, FaithfulnessReading } from './answers.js'
import {
  adversarial,
  agreement,
  complementControl,
  otherConditions,
  randomControl,
} from './faithfulness/behaviour-controls.js'
import { faithfulnessStages } from './faithfulness/faithfulness-stages.js'
import { interchangeControls, interchanges } from './faithfulness/interchange.js'
import {
  EMPTY_CIRCUIT,
  keeping,
  Ledger,
  type Mask,
  type MaskSetting,
  maskedRuns,
  removing,
  WHOLE_MODEL,
} from './faithfulness/masked-runs.js'
import { channelDegrees, matchedCircuits } from './faithfulness/matched-circuits.js'
import { curveOf } from './faithfulness/measured-curve.js'
import { complementSubsets, halfSubsets } from './faithfulness/random-subsets.js'
import { sizeControls } from './faithfulness/size-controls.js'
import { PUBLISHED_GRID } from './faithfulness/size-curve.js'
import { type RankedChannel, TASK_LOSS } from './faithfulness/size-search.js'
import { spokenSentence } from './faithfulness/spoken-sentence.js'
import { verdictOn } from './faithfulness/verdict.js'
import { bootstrapInterval } from './measuring/bootstrap.js'
import { channelsOf } from './measuring/channel-mask.js'
import { type DataSet, dataSet } from './measuring/data-set.js'
import { namedFill } from './measuring/fills.js'
import { aboveChance, faithfulnessOf, meanOf } from './measuring/readings.js'
import type { FaithfulnessQuestion } from './questions.js'
import { type SparseSetting, sparseSetting } from './sparse-setting.js'
import { StagedProgress } from './staged-progress.js'
import type { Asking, OpenGraph } from './use-cases.js'

const DIFFERENCE: Metric = { name: 'LOGIT_DIFFERENCE', against: null }
const KL: Metric = { name: 'KL_DIVERGENCE', against: null }
const ACCURACY: Metric = { name: 'ACCURACY', against: null }
const METRICS = [TASK_LOSS, DIFFERENCE, KL, ACCURACY]
const [LOSS, D, DIVERGENCE, RIGHT] = [0, 1, 2, 3] as const

/** Losses that differ by less are the same, nats. */
const ROUNDING = 1e-9

const MOST_DRAWS = 1_000
const INCOMPLETENESS_DRAWS = 10
/** Nodes of a circuit that are left out one by one. */
export const MOST_LEFT_OUT = 2_000

export async function measureFaithfulness(
  open: OpenGraph,
  question: FaithfulnessQuestion,
  scores: Scores,
  asking: Asking,
  deps: ModelDeps,
): Promise<FaithfulnessAnswer> {
  const finish = beginAnswer(open, { ask: 'faithfulness', ...question }, deps.clock)
  const sparse = await sparseSetting(open, deps.library, deps.runner)
  const { test, train } = await dataOf(question, sparse, deps)
  const ledger = new Ledger()
  const circuit = channelsOf(open.graph.nodes)
  const universe = allOf(sparse.sites)
  if (sizeOf(circuit) === 0)
    throw new InvalidInput('NOT_MEANINGFUL', 'this graph holds no channel that a mask could keep')
  const draws = checkedDraws(question.randomDraws)
  const random = matchedCircuits(circuit, await degreesOf(sparse, deps), draws, question.seed)
  const halves = complementSubsets(difference(universe, circuit), draws, question.seed)
  const removedHalves = halfSubsets(circuit, INCOMPLETENESS_DRAWS, question.seed)
  const singles = nodesOf(circuit)
  const leftOut = singles.length <= MOST_LEFT_OUT ? singles : []
  const masks: Mask[] = [
    WHOLE_MODEL,
    EMPTY_CIRCUIT,
    keeping(circuit),
    removing(circuit),
    ...random.map(keeping),
    ...halves.map(removing),
    ...removedHalves.map((part) => keeping(difference(circuit, part))),
    ...removedHalves.map(removing),
    ...leftOut.map((node) => keeping(difference(circuit, channelSet([node])))),
  ]
  const stages = new StagedProgress(
    asking,
    faithfulnessStages({
      referenceSequences: sparse.structure.referenceSet?.sequences.length ?? 0,
      masks: masks.length,
      gridPoints: (question.grid ?? PUBLISHED_GRID).length,
      cases: test.cases.length,
      rankedOn: (train ?? test).cases.length,
      channels: sizeOf(universe),
      controls: question.controls,
    }),
  )
  const filling = await namedFill(
    question.replacement,
    test,
    { ...sparse, means: deps.means },
    stages.next(),
    'input.replacement',
  )
  const setting: MaskSetting = {
    modelId: sparse.modelId,
    sites: sparse.sites,
    data: test,
    fill: filling.fill,
    gates: LIVE_GATES,
    runner: deps.runner,
    ledger,
  }
  const values = await maskedRuns(masks, METRICS, setting, stages.next())
  const mean = (mask: number, metric: number): number => meanOf(values[mask]![metric]!)
  if (Number.isNaN(mean(0, D)))
    throw new InvalidInput(
      'BAD_INPUT',
      'faithfulness is measured between two answers: every prompt needs a target and an alternative',
      { path: 'input.on' },
    )
  let at = 4
  const block = (count: number): number[] => Array.from({ length: count }, () => at++)
  const [randomAt, halvesAt, withoutAt, aloneAt, leftOutAt] = [
    block(random.length),
    block(halves.length),
    block(removedHalves.length),
    block(removedHalves.length),
    block(leftOut.length),
  ] as const
  const reading = (mask: number): FaithfulnessReading =>
    faithfulnessReading(values[0]!, values[1]!, values[mask]!, test)
  const [sufficiency, necessity] = [reading(2), reading(3)]
  const ranking = leftOut.map(
    (node, i): RankedChannel => ({ ...node, score: mean(leftOutAt[i]!, LOSS) - mean(2, LOSS) }),
  )
  const curve = await curveOf(question, { circuit, ranking, scores, open, train }, setting, stages.next())
  const exchanged = await interchanges(
    { ...setting, circuit, referenceSet: sparse.structure.referenceSet, seed: question.seed },
    stages.next(),
  )
  const controls = [
    agreement(values[0]![D]!, values[2]![D]!, values[2]![DIVERGENCE]!, test),
    ...(await otherConditions(
      question.replacement,
      circuit,
      sparse,
      test,
      setting,
      stages.next(),
      deps.means,
    )),
    complementControl(
      halvesAt.map((i) => mean(i, LOSS)),
      mean(0, LOSS),
    ),
    await adversarial(
      difference(universe, circuit),
      { ...setting, data: test },
      mean(0, LOSS),
      stages.next(),
    ),
    ...interchangeControls(exchanged),
    randomControl(
      randomAt.map((i) => mean(i, LOSS)),
      mean(2, LOSS),
    ),
  ]
  const sized = question.controls
    ? await sizeControls(
        mean(2, LOSS),
        {
          ...setting,
          train: train ?? test,
          seed: question.seed,
          permutedModelId: `permuted:${question.seed}:${sparse.modelId}`,
        },
        stages.next(),
      )
    : [{ name: 'SIZE', finding: 'controls of size were not asked for (controls: true)', passed: null }]
  stages.finish()
  const verdict = verdictOn({ model: mean(0, LOSS), circuit: mean(2, LOSS) }, sized)
  const randomAboveChance = randomAt.map((i) => aboveChance(mean(0, LOSS), mean(i, LOSS)))
  const margin = Math.min(ledger.margin, filling.margin)
  const smallestMargin = margin === Number.POSITIVE_INFINITY ? null : margin
  const heldOut = train !== null
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: sparse.modelId,
      referenceSetId: filling.reference?.id ?? null,
      seed: question.seed,
      smallestMargin,
      evaluations: ledger.evaluations,
      compiled: ledger.compiled,
    }),
    nodes: sizeOf(circuit),
    universeSize: sizeOf(universe),
    replacement: { name: filling.name, reference: filling.reference, fits: [] },
    dataSet: dataFacts(test),
    heldOut,
    model: { loss: mean(0, LOSS), difference: mean(0, D), accuracy: mean(0, RIGHT) },
    empty: { loss: mean(1, LOSS), difference: mean(1, D), accuracy: mean(1, RIGHT) },
    sufficiency,
    necessity,
    sentence: spokenSentence({
      kept: sufficiency.aboveChance,
      left: necessity.aboveChance,
      random: randomAboveChance,
      examples: dataFacts(test)!.examples,
      heldOut,
    }),
    flags: [
      ...(mean(1, LOSS) > Math.LN2 + ROUNDING ? ['EMPTY_CIRCUIT_WORSE_THAN_CHANCE'] : []),
      ...(mean(2, LOSS) < mean(0, LOSS) - ROUNDING ? ['BETTER_THAN_MODEL'] : []),
    ],
    random: {
      draws: random.length,
      losses: randomAt.map((i) => mean(i, LOSS)),
      aboveChance: randomAboveChance,
      mean: random.length === 0 ? null : meanOf(randomAboveChance.map((value) => value ?? Number.NaN)),
    },
    completeness: {
      draws: removedHalves.length,
      incompleteness: removedHalves.map((_, i) => Math.abs(mean(withoutAt[i]!, D) - mean(aloneAt[i]!, D))),
    },
    minimality: leftOut.map((node, i) => ({
      address: `${node.tap}[${node.index}]`,
      change: Math.abs(mean(leftOutAt[i]!, D) - mean(2, D)),
    })),
    curve,
    interchanges: exchanged,
    controls: [...controls, ...sized],
    ...verdict,
    smallestMargin,
  }
}

/** The task's held-out examples to measure on and its others to rank on; given data has no other part. */
async function dataOf(
  { on, split }: FaithfulnessQuestion,
  { structure }: SparseSetting,
  { tasks }: ModelDeps,
): Promise<{ readonly test: DataSet; readonly train: DataSet | null }> {
  if (on.kind === 'prompts')
    throw new InvalidInput('BAD_INPUT', 'faithfulness is measured on pairs or a task, both sides', {
      path: 'input.on',
    })
  if (on.kind === 'pairs') return { test: await dataSet(on, structure, 'NOISING', tasks), train: null }
  const test = await dataSet({ ...on, split }, structure, 'NOISING', tasks)
  const train = isHeldOut(split)
    ? await dataSet({ ...on, split: 'TRAIN' }, structure, 'NOISING', tasks)
    : null
  return { test, train }
}

async function degreesOf({ modelId, sites }: SparseSetting, { library }: ModelDeps) {
  const widths = new Map(sites.map(({ tap, width }) => [tap, width]))
  return channelDegrees(await library.graph(modelId), widths)
}

function checkedDraws(draws: number): number {
  if (Number.isInteger(draws) && draws >= 0 && draws <= MOST_DRAWS) return draws
  throw new InvalidInput('BAD_INPUT', `randomDraws lies between 0 and ${MOST_DRAWS}, not ${draws}`, {
    path: 'input.randomDraws',
  })
}

function nodesOf(channels: ChannelSet): readonly { readonly tap: string; readonly index: number }[] {
  return [...channels].flatMap(([tap, indices]) => Array.from(indices, (index) => ({ tap, index })))
}

type Values = readonly Float64Array[]

function faithfulnessReading(model: Values, empty: Values, own: Values, data: DataSet): FaithfulnessReading {
  const [m, e, c] = [model, empty, own].map((values) => values.map(meanOf)) as [number[], number[], number[]]
  const examples = data.cases.map(({ cluster }) => cluster)
  return {
    loss: c[LOSS]!,
    difference: c[D]!,
    accuracy: c[RIGHT]!,
    divergence: c[DIVERGENCE]!,
    againstEmpty: faithfulnessOf(m[D]!, c[D]!, e[D]!),
    aboveChance: aboveChance(m[LOSS]!, c[LOSS]!),
    interval: bootstrapInterval([model[LOSS]!, own[LOSS]!], examples, ([a, b]) => aboveChance(a!, b!)),
  }
}

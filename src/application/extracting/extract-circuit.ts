/**
 * A circuit for a task, cut out of a model (algorithms.md §5): ranked or learned on training pairs, its size found on one
 * fixed batch, judged on pairs and templates that nothing was fitted to, stored with everything that was tried.
 */
import { InvalidInput } from '../../domain/errors.js'
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import { type Fill, LIVE_GATES } from '../../domain/experiment/measurement.js'
import { type ExtractionPlan, extractionHash } from '../../domain/extraction/extraction-plan.js'
import type { ExtractionRecord } from '../../domain/extraction/extraction-record.js'
import type { JobProgress } from '../../domain/job.js'
import type { BackendName } from '../../domain/training/training-record.js'
import { keeping, Ledger, type MaskSetting, maskedRuns } from '../faithfulness/masked-runs.js'
import { TASK_LOSS } from '../faithfulness/size-search.js'
import { ownMeans } from '../measuring/fills.js'
import { meanOf } from '../measuring/readings.js'
import type { ReferenceMeans } from '../measuring/reference-means.js'
import type { CircuitStore } from '../ports/circuit-store.js'
import type { Clock } from '../ports/clock.js'
import type { MaskLearner } from '../ports/mask-learner.js'
import type { ModelLibrary } from '../ports/model-library.js'
import type { ModelRunner, Watching } from '../ports/model-runner.js'
import type { TaskLibrary } from '../ports/task-library.js'
import { attributionCut } from './attribution-cut.js'
import type { Cut, CutSetting } from './cut.js'
import { circuitOfCut, recordOfCircuit } from './extracted-circuit.js'
import { type ExtractionData, extractionData } from './extraction-data.js'
import { heldOutReadings } from './held-out-readings.js'
import { learnedCut } from './learned-cut.js'

/** Steps of learning between two reports. */
const SAID_EVERY = 5

export interface ExtractionRequest {
  readonly modelId: string
  readonly taskId: string
  readonly plan: ExtractionPlan
  readonly backend: BackendName | 'fastest'
  /** Wanted catalogue name. */
  readonly name: string | null
  readonly owner: string
}

export interface ExtractionTools {
  readonly signal: AbortSignal
  readonly report: (progress: JobProgress) => void
}

export interface ExtractedCircuit {
  readonly circuitId: string
  readonly record: ExtractionRecord
}

export interface ExtractionDeps {
  readonly store: CircuitStore
  readonly library: ModelLibrary
  readonly runner: ModelRunner
  readonly tasks: TaskLibrary
  readonly learner: MaskLearner
  readonly means: ReferenceMeans
  readonly clock: Clock
}

export async function extractCircuit(
  request: ExtractionRequest,
  tools: ExtractionTools,
  deps: ExtractionDeps,
): Promise<ExtractedCircuit> {
  const began = deps.clock.elapsed()
  const { modelId, taskId, plan } = request
  const structure = await deps.library.structure(modelId)
  const checked = await deps.tasks.checked(taskId, modelId)
  const data = extractionData(plan.task, checked, plan.batch, structure)
  const watching = measuring(tools)
  const runs: MaskSetting = {
    modelId,
    sites: structure.maskableSites,
    data: data.batch,
    fill: await replacementFill(plan, modelId, { ...deps, structure }, watching),
    gates: LIVE_GATES,
    runner: deps.runner,
    ledger: new Ledger(),
  }
  const graph = await deps.library.graph(modelId)
  const cut = await cutBy({ plan, runs, graph, watching }, data, request, tools, deps)
  const circuit = circuitOfCut(graph, cut, taskOf(plan.task))
  const { calibration, heldOut } = await heldOutReadings(cut.channels, data, runs, watching)
  const record: ExtractionRecord = {
    plan,
    planHash: extractionHash(plan),
    modelId,
    taskId,
    device: cut.device,
    seconds: (deps.clock.elapsed() - began) / 1000,
    attempts: cut.attempts,
    chosen: cut.chosen,
    nodes: circuit.nodes.length,
    edges: circuit.edges.count,
    loss: await lossOf(cut.channels, runs, watching),
    dropped: checked.dropped,
    heldOut,
    calibration,
    verdict: 'PENDING',
  }
  const facts = { name: request.name, owner: request.owner, importedAt: deps.clock.now() }
  await deps.store.putCircuit(recordOfCircuit(circuit, record, facts), { signal: tools.signal })
  return { circuitId: circuit.id, record }
}

async function cutBy(
  setting: CutSetting,
  data: ExtractionData,
  { modelId, backend }: ExtractionRequest,
  { signal, report }: ExtractionTools,
  { learner, library }: ExtractionDeps,
): Promise<Cut> {
  const { plan, runs } = setting
  switch (plan.method) {
    case 'LEARNED_MASK': {
      const masks = await learner.learnMasks(
        {
          model: await library.load(modelId),
          pairs: data.pairs,
          sites: runs.sites,
          replacements: runs.fill.kind === 'PER_CHANNEL' ? runs.fill.values : new Map(),
          objective: plan.objective,
          targetLoss: plan.targetLoss,
          learning: plan.learning,
          seed: plan.seed,
          backend,
        },
        {
          signal,
          onProgress: ({ done, total, setting: at, loss, kept }) => {
            if (done % SAID_EVERY !== 0) return
            report({
              done,
              total,
              unit: 'steps',
              message: `setting ${at + 1} of ${plan.learning.settings.length}: loss ${loss.toFixed(3)}, ${kept} channels kept`,
              stage: 'learning masks',
            })
          },
        },
      )
      return learnedCut(setting, masks)
    }
    case 'ATTRIBUTION':
      return attributionCut(setting)
    default:
      throw new Error(`${plan.method} is not there yet`)
  }
}

/** Channels that are not kept take their mean over the model's reference set, or zero. */
async function replacementFill(
  { replacement }: ExtractionPlan,
  modelId: string,
  { structure, means }: { structure: Awaited<ReturnType<ModelLibrary['structure']>>; means: ReferenceMeans },
  watching: Watching,
): Promise<Fill> {
  if (replacement === 'ZERO') return { kind: 'CONSTANT', value: 0 }
  const own = await ownMeans({ modelId, structure, means }, watching)
  if (own === null)
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'this model came without a reference set, so MEAN has nothing to be taken over',
      { path: 'plan.replacement', hint: 'cut with the replacement ZERO' },
    )
  return { kind: 'PER_CHANNEL', values: own.values }
}

async function lossOf(channels: ChannelSet, runs: MaskSetting, watching: Watching): Promise<number> {
  const [[losses]] = (await maskedRuns([keeping(channels)], [TASK_LOSS], runs, watching)) as [[Float64Array]]
  return meanOf(losses)
}

/** Runs of the model counted over all measurements; how many there will be is not known before sizes are found. */
function measuring({ signal, report }: ExtractionTools): Watching {
  let before = 0
  let last = 0
  return {
    signal,
    onProgress: (done, total) => {
      if (done < last) before += last
      last = done === total ? 0 : done
      if (done === total) before += total
      report({
        done: before + last,
        total: null,
        unit: 'runs',
        message: 'finding the size and measuring',
        stage: 'measuring',
      })
    },
  }
}

function taskOf(text: string): { readonly name: string; readonly version: string } {
  const at = text.lastIndexOf('@')
  return at < 0 ? { name: text, version: '1' } : { name: text.slice(0, at), version: text.slice(at + 1) }
}

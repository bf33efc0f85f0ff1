import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { UseCases } from '../application/use-cases.js'
import { InvalidInput, NotFound } from '../domain/errors.js'
import {
  DEFAULT_EXTRACTION,
  EXTRACTION_METHODS,
  EXTRACTION_OBJECTIVES,
  type ExtractionPlan,
} from '../domain/extraction/extraction-plan.js'
import type { ExtractionRecord, SizePoint } from '../domain/extraction/extraction-record.js'
import { printGlobalId } from '../domain/global-id.js'
import { problemOf } from '../domain/problem.js'
import type { SparseModelSummary } from '../domain/records.js'
import type { TaskRecord } from '../domain/task.js'
import { BACKEND_NAMES, type BackendName } from '../domain/training/training-record.js'
import { type ImportDoor, importOne } from './import.js'
import { importSources } from './import-sources.js'
import { json, table } from './output.js'
import { progressLine } from './progress-line.js'
import { modelNamed } from './reference.js'
import { STORE_SETTINGS, type Stage, settingFlags, withSettings } from './stage.js'

export type ExtractDoor = ImportDoor & Pick<UseCases, 'extractCircuit' | 'resolveModel' | 'resolveTask'>

interface Options {
  readonly model: string
  readonly task: readonly string[]
  readonly method: ExtractionPlan['method']
  readonly objective: ExtractionPlan['objective']
  readonly target: number
  readonly replacement: ExtractionPlan['replacement']
  readonly seed: number
  readonly steps: number
  readonly pairs: number
  readonly batch: number
  readonly sparsity?: readonly number[]
  readonly patience: boolean
  readonly minimal?: boolean
  readonly backend: BackendName | 'fastest'
  readonly name?: string
  readonly json?: boolean
}

interface Outcome {
  readonly task: string
  readonly circuit: string | null
  readonly record: ExtractionRecord | null
  readonly problem: { readonly code: string; readonly message: string } | null
}

const { learning, ...DEFAULTS } = DEFAULT_EXTRACTION

/** `circuitql extract --model M --task T…`: circuits out of a model, one per task; what fails does not hold up the rest. */
export function addExtract(
  program: Command,
  stage: Stage<ExtractDoor>,
  setStatus: (status: number) => void,
): void {
  const command = program
    .command('extract')
    .description('cut circuits for tasks out of a sparse model')
    .requiredOption('--model <MODEL>', 'name or id in the catalogue, or a folder that holds a model')
    .requiredOption('--task <TASK...>', 'names of tasks (circuitql tasks lists them)')
    .addOption(new Option('--method <METHOD>', 'how').choices(EXTRACTION_METHODS).default(DEFAULTS.method))
    .addOption(
      new Option('--objective <OBJECTIVE>', 'what masks are learned on')
        .choices(EXTRACTION_OBJECTIVES)
        .default(DEFAULTS.objective),
    )
    .option('--target <LOSS>', 'loss per side to reach, nats', number, DEFAULTS.targetLoss)
    .addOption(
      new Option('--replacement <WHAT>', 'what stands for a channel that is not kept')
        .choices(['MEAN', 'ZERO'])
        .default(DEFAULTS.replacement),
    )
    .option('--seed <NUMBER>', 'of gates and draws', number, DEFAULTS.seed)
    .option('--steps <NUMBER>', 'steps of learning per setting', number, learning.steps)
    .option('--pairs <NUMBER>', 'pairs of a step', number, learning.pairs)
    .option('--batch <NUMBER>', 'pairs of the fixed batch that sizes are compared on', number, DEFAULTS.batch)
    .option(
      '--sparsity <PRICE>',
      `price of a kept channel; given again, another setting is tried (${learning.settings.map(({ sparsity }) => sparsity).join(', ')})`,
      collected,
    )
    .option('--no-patience', 'never end a try early')
    .option('--minimal', 'take away nodes until no single one can go')
    .addOption(
      new Option('--backend <NAME>', 'what masks are learned with')
        .choices([...BACKEND_NAMES, 'fastest'])
        .default('fastest'),
    )
    .option('--name <NAME>', 'name in the catalogue, for one task; otherwise <model>-<task>')
    .option('--json', 'one JSON array with task, circuit and record of each')
  withSettings(command, [...STORE_SETTINGS, 'CIRCUITQL_TFJS_NODE', 'CIRCUITQL_WORKERS'])
  command.action(async (options: Options) => {
    if (options.name !== undefined && options.task.length > 1)
      command.error('error: --name goes with a single task')
    const outcomes = await stage.inside(settingFlags(command), (door) => extractAll(options, door, stage))
    if (options.json) stage.terminal.result(json(outcomes))
    else stage.terminal.result(summary(outcomes))
    if (outcomes.some(({ problem }) => problem !== null)) setStatus(1)
  })
}

async function extractAll(
  options: Options,
  door: ExtractDoor,
  stage: Stage<ExtractDoor>,
): Promise<readonly Outcome[]> {
  const model = await modelOf(options.model, door, stage)
  const tasks: TaskRecord[] = []
  for (const name of options.task) {
    const task = await door.resolveTask({ kind: 'name', name })
    if (task === null)
      throw new NotFound(`there is no task ${JSON.stringify(name)}`, { hint: 'circuitql tasks lists them' })
    tasks.push(task)
  }
  const outcomes: Outcome[] = []
  for (const task of tasks) outcomes.push(await extractOne(model, task, options, door, stage))
  return outcomes
}

async function extractOne(
  model: SparseModelSummary,
  task: TaskRecord,
  options: Options,
  door: ExtractDoor,
  { terminal, signal }: Stage<ExtractDoor>,
): Promise<Outcome> {
  const taskName = `${task.name}@${task.version}`
  const name = options.name ?? `${model.names[0] ?? model.id.slice(0, 8)}-${task.name.replace(/^.*\//, '')}`
  const line = progressLine(terminal, taskName)
  try {
    const { circuitId, record } = await door.extractCircuit(
      {
        modelId: model.id,
        taskId: task.id,
        plan: planOf(taskName, options),
        backend: options.backend,
        name,
        owner: 'local',
      },
      { signal, report: line.show },
    )
    return { task: taskName, circuit: printGlobalId('circuit', circuitId), record, problem: null }
  } catch (error) {
    const problem = problemOf(error)
    if (problem === null || problem.code === 'CANCELLED') throw error
    line.end()
    terminal.message(`circuitql: ${taskName}: ${problem.message}\n`)
    return { task: taskName, circuit: null, record: null, problem }
  } finally {
    line.end()
  }
}

function planOf(task: string, options: Options): ExtractionPlan {
  const { method, objective, replacement, seed, batch, minimal = false } = options
  const settings = options.sparsity?.map((sparsity) => ({ ...learning.settings[0]!, sparsity }))
  return {
    ...DEFAULTS,
    task,
    ...{ method, objective, replacement, seed, batch, minimal },
    targetLoss: options.target,
    learning: {
      steps: options.steps,
      pairs: options.pairs,
      settings: settings ?? learning.settings,
      patience: options.patience ? learning.patience : null,
    },
  }
}

/** A folder is taken into the catalogue first; that it is there already does no harm. */
async function modelOf(
  text: string,
  door: ExtractDoor,
  stage: Stage<ExtractDoor>,
): Promise<SparseModelSummary> {
  let ref = text
  if (existsSync(join(text, 'beeg_config.json'))) {
    const [source] = await importSources(text)
    const { ids, problem } = await importOne(source!, null, door, stage)
    if (problem !== null)
      throw new InvalidInput('BAD_FILE', `${text} could not be imported: ${problem.message}`)
    ref = ids[0]!
  }
  return modelNamed(ref, door)
}

/** A table of the circuits, and of each its loss over size. */
function summary(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ task, circuit, record, problem }) => {
    const heldOut = record?.heldOut[0]
    const of = (value: number | null | undefined, digits = 4): string | null =>
      value == null ? null : value.toFixed(digits)
    return [
      task,
      record?.nodes ?? null,
      record?.edges ?? null,
      of(heldOut?.model),
      of(heldOut?.circuit),
      of(heldOut?.complement),
      of(heldOut?.empty),
      of(heldOut?.sufficiency, 2),
      of(heldOut?.necessity, 2),
      problem === null ? flagsOf(record!) : problem.code,
      circuit,
    ]
  })
  const headings = [
    'TASK',
    'NODES',
    'EDGES',
    'MODEL',
    'CIRCUIT',
    'COMPLEMENT',
    'EMPTY',
    'KEEPS',
    'DESTROYS',
    'STATE',
    'ID',
  ]
  const curves = outcomes.flatMap(({ task, record }) => (record === null ? [] : [sizeCurve(task, record)]))
  return [
    table(headings, rows),
    '\nlosses per side in nats on held-out pairs; KEEPS and DESTROYS are shares of the way from chance to the model\n',
    ...curves,
  ].join('')
}

function flagsOf(record: ExtractionRecord): string {
  const attempt = record.attempts[record.chosen]!
  return attempt.aboveTrained ? `${record.verdict}, above the trained mask` : record.verdict
}

const WIDTH = 40

/** Loss on the fixed batch over the number of kept nodes, as bars. */
function sizeCurve(task: string, { attempts, chosen, plan }: ExtractionRecord): string {
  const { sizes, nodes } = attempts[chosen]!
  const most = Math.max(...sizes.map(({ loss }) => loss), plan.targetLoss)
  const shown = thinned(sizes, nodes)
  const rows = shown.map((point) => {
    const bar = '█'.repeat(Math.max(0, Math.round((WIDTH * point.loss) / most)))
    return `${String(point.nodes).padStart(7)}  ${point.loss.toFixed(4)}  ${bar}${point.nodes === nodes ? ` ← reaches ${plan.targetLoss}` : ''}\n`
  })
  return `\n${task}: loss over nodes kept\n${rows.join('')}`
}

/** At most twenty points, the found one among them. */
function thinned(sizes: readonly SizePoint[], found: number | null): readonly SizePoint[] {
  const every = Math.ceil(sizes.length / 20)
  return sizes.filter(({ nodes }, i) => i % every === 0 || nodes === found || i === sizes.length - 1)
}

function collected(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, number(text)]
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Not a number.')
  return value
}

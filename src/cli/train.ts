import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { ModelTrainer, TrainingRequest, TrainingWatch } from '../application/ports/model-trainer.js'
import type { TokenizerTrainer } from '../application/ports/tokenizer-trainer.js'
import type { TrainedFiles } from '../application/train-model.js'
import { PRESET_NAMES, type PresetName, trainingPreset } from '../application/training-presets.js'
import { Conflict, InvalidInput } from '../domain/errors.js'
import { parseTrainingPlan } from '../domain/training/parse-training-plan.js'
import { denseTwin, type TrainingPlan } from '../domain/training/training-plan.js'
import {
  BACKEND_NAMES,
  type TrainingProgress,
  type TrainingRecord,
} from '../domain/training/training-record.js'
import { json, table } from './output.js'
import { type Stage, settingFlags, withSettings } from './stage.js'
import type { Terminal } from './terminal.js'

export interface TrainDoor extends TokenizerTrainer {
  trainModel(request: TrainingRequest, watch: TrainingWatch): Promise<TrainedFiles>
}
/** The compiler checks that the port asks for nothing else. */
export type TrainingBackend = Parameters<ModelTrainer['train']>[0]['backend']

interface Options {
  readonly plan?: string
  readonly preset?: PresetName
  readonly folder?: string
  readonly tokenizer?: string
  readonly seed?: string
  readonly dense?: boolean
  readonly backend: TrainingBackend
  readonly output?: string
  readonly fresh?: boolean
  readonly printPlan?: boolean
  readonly json?: boolean
}

const CHECKPOINT_FILE = 'checkpoint.bin'
const CONFIG_FILE = 'beeg_config.json'
const TOKENIZER_FILE = 'tokenizer.json'
/** Of a tokenizer that is trained on the way: pieces, and the share of task templates in its text. */
const PIECES = 2_048
const TEMPLATE_SHARE = 0.1
const CLEAR_LINE = '\r\u001b[K'

/** `circuitql train`: a model from a plan, into a folder in the released layout; the same command goes on after a stop. */
export function addTrain(program: Command, stage: Stage<TrainDoor>): void {
  const command = program
    .command('train')
    .description('train a weight-sparse model from a plan; a stopped run goes on from its last checkpoint')
    .option('--plan <FILE>', 'a training plan as JSON (--print-plan shows one)')
    .addOption(new Option('--preset <NAME>', 'a plan that comes with the product').choices(PRESET_NAMES))
    .option('--folder <DIR>', 'folder of Python source, for the preset python')
    .option(
      '--tokenizer <FILE>',
      'a tokenizer.json, for the preset python; trained on the folder where none is given',
    )
    .option('--seed <NUMBER>', "instead of the plan's seed")
    .option('--dense', 'the dense twin: the same plan, no weight removed')
    .addOption(
      new Option('--backend <NAME>', 'what to compute with')
        .choices([...BACKEND_NAMES, 'fastest'])
        .default('fastest'),
    )
    .option('--output <DIR>', 'folder for model, record and checkpoint (the name of the plan)')
    .option('--fresh', 'begin anew, whatever the folder holds')
    .option('--print-plan', 'write the plan and train nothing')
    .option('--json', 'the training record as JSON at the end')
  withSettings(command, ['CIRCUITQL_DATA', 'CIRCUITQL_TFJS_NODE'])
  command.action(async (options: Options) => {
    const plan = await chosenPlan(options, command)
    if (options.printPlan) return stage.terminal.result(json(plan))
    const folder = resolve(options.output ?? plan.name)
    const { files, record } = await stage.inside(settingFlags(command), async (door) => {
      const checkpoint = await readyFolder(folder, options.fresh === true)
      if (options.preset === 'python' && options.tokenizer === undefined)
        await ownTokenizer(resolve(options.folder!), folder, stage, door)
      const line = trainingLine(stage.terminal, plan.name)
      try {
        const request = { plan, backend: options.backend, checkpoint }
        return await door.trainModel(request, { signal: stage.signal, onProgress: line.show })
      } finally {
        line.end()
      }
    })
    // The configuration last: a folder that has it is whole.
    for (const { name, bytes } of [...files].sort(
      (a, b) => Number(a.name === CONFIG_FILE) - Number(b.name === CONFIG_FILE),
    ))
      await writeWhole(join(folder, name), bytes)
    await rm(join(folder, CHECKPOINT_FILE), { force: true })
    stage.terminal.result(options.json ? json(record) : summary(record))
    stage.terminal.message(
      `wrote ${folder}; circuitql import ${options.output ?? plan.name} takes it into the catalogue\n`,
    )
  })
}

async function chosenPlan(
  { plan: file, preset, folder, tokenizer, seed, dense, output }: Options,
  command: Command,
): Promise<TrainingPlan> {
  if ((file === undefined) === (preset === undefined)) command.error('error: give either --plan or --preset')
  if (folder !== undefined && preset !== 'python')
    command.error('error: --folder goes with the preset python')
  if (tokenizer !== undefined && preset !== 'python')
    command.error('error: --tokenizer goes with the preset python')
  if (folder === undefined && preset === 'python') command.error('error: the preset python needs --folder')
  const python =
    folder === undefined
      ? null
      : {
          folder: resolve(folder),
          tokenizer: resolve(tokenizer ?? join(output ?? 'python', TOKENIZER_FILE)),
        }
  const given = preset === undefined ? await parsedFile(file!) : trainingPreset(preset, python)
  const seeded = seed === undefined ? given : { ...(given as object), seed: Number(seed) }
  const plan = parseTrainingPlan(seeded)
  return dense ? denseTwin(plan) : plan
}

async function parsedFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInput('BAD_INPUT', `the plan ${path} cannot be read: ${error.code}`, { cause: error })
  })
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InvalidInput('BAD_INPUT', `the plan ${path} is no JSON: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** The checkpoint's path. Throws CONFLICT for a folder that holds a finished model. */
async function readyFolder(folder: string, fresh: boolean): Promise<string> {
  await mkdir(folder, { recursive: true })
  const checkpoint = join(folder, CHECKPOINT_FILE)
  if (fresh) {
    await rm(checkpoint, { force: true })
  } else if (await stat(join(folder, CONFIG_FILE)).catch(() => null)) {
    throw new Conflict(`${folder} holds a model already`, {
      hint: 'name another folder with --output, or begin anew with --fresh',
    })
  }
  return checkpoint
}

/** A tokenizer of the folder, in the model's; kept for a run that goes on. */
async function ownTokenizer(
  source: string,
  folder: string,
  { signal, terminal }: Stage<TrainDoor>,
  door: TrainDoor,
): Promise<void> {
  const output = join(folder, TOKENIZER_FILE)
  if (await stat(output).catch(() => null)) return
  const plan = { folder: source, size: PIECES, templateShare: TEMPLATE_SHARE, output, python: 'python3' }
  await door.trainTokenizer(plan, { signal, say: (message) => terminal.message(`${message}\n`) })
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(`${path}.partial`, bytes)
  await rename(`${path}.partial`, path)
}

/** One line that overwrites itself on a terminal; elsewhere a line at every hundredth of the run. */
function trainingLine(terminal: Terminal, name: string) {
  let shown = -1
  return {
    show(progress: TrainingProgress): void {
      const part = Math.floor((100 * progress.step) / progress.steps)
      if (!terminal.overwrites && part === shown) return
      shown = part
      const line = `${name}: ${progressText(progress)}`
      terminal.message(terminal.overwrites ? `${CLEAR_LINE}${line}` : `${line}\n`)
    },
    end(): void {
      if (terminal.overwrites && shown >= 0) terminal.message(CLEAR_LINE)
    },
  }
}

/** `step 300 of 1200 (25 %), loss 1.234, held out 1.240, L0 8,192, 20480 tokens/s, 45 s left`. */
export function progressText({
  step,
  steps,
  loss,
  heldOutLoss,
  l0,
  tokensPerSecond,
  secondsLeft,
}: TrainingProgress): string {
  const heldOut = heldOutLoss === null ? '' : `, held out ${heldOutLoss.toFixed(3)}`
  const share = Math.floor((100 * step) / steps)
  const losses = `loss ${loss.toFixed(3)}${heldOut}, L0 ${l0}`
  return `step ${step} of ${steps} (${share} %), ${losses}, ${Math.round(tokensPerSecond)} tokens/s, ${duration(secondsLeft)} left`
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`
}

/** What made the model, and the losses at about ten points of the way. */
function summary({ plan, device, tokens, seconds, resumedAt, heldOut, l0, counts }: TrainingRecord): string {
  const parameters = counts.reduce((sum, count) => sum + count.parameters, 0)
  const again = resumedAt.length === 0 ? '' : `, gone on at step ${resumedAt.join(', ')}`
  const every = Math.max(1, Math.ceil(heldOut.step.length / 10))
  const rows = heldOut.step
    .map((step, i) => [step, heldOut.loss[i]!.toFixed(4), heldOut.l0[i]!] as const)
    .filter((_, i, all) => (all.length - 1 - i) % every === 0)
  return [
    `${plan.name}: ${tokens} tokens in ${duration(seconds)} on ${device.backend} (${device.device})${again}\n`,
    `${parameters} parameters, L0 ${l0} without the bigram table\n\n`,
    table(['STEP', 'HELD-OUT LOSS', 'L0'], rows),
  ].join('')
}

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import type { UseCases } from '../application/use-cases.js'
import { Unavailable } from '../domain/errors.js'
import { printGlobalId } from '../domain/global-id.js'
import type { Job } from '../domain/job.js'
import { problemOf } from '../domain/problem.js'
import { type ImportSource, importSources } from './import-sources.js'
import { json } from './output.js'
import { progressLine } from './progress-line.js'
import { STORE_SETTINGS, type Stage, settingFlags, withSettings } from './stage.js'

export type ImportDoor = Pick<UseCases, 'putArtefact' | 'importFiles' | 'jobEvents' | 'cancelJob'>

interface Outcome {
  readonly path: string
  readonly ids: readonly string[]
  /** Null when it came in. */
  readonly problem: Job['problem']
}

/** `circuitql import PATH…`: one import after the other; one that fails does not hold up the rest, and status is 1. */
export function addImport(
  program: Command,
  stage: Stage<ImportDoor>,
  setStatus: (status: number) => void,
): void {
  const command = program
    .command('import')
    .description('take circuits and sparse models into the catalogue; the format is detected')
    .argument(
      '<PATH...>',
      'files, or folders of circuit files or of a sparse model (beeg_config.json and weights)',
    )
    .option('--name <NAME>', 'name in the catalogue; only with a single file or model')
    .option('--json', 'one JSON array with path, ids and problem of each import')
  withSettings(command, [...STORE_SETTINGS, 'CIRCUITQL_MAX_UPLOAD_BYTES'])
  command.action(async (paths: string[], options: { name?: string; json?: boolean }) => {
    const sources: ImportSource[] = []
    for (const path of paths) sources.push(...(await importSources(path)))
    if (options.name !== undefined && sources.length > 1)
      command.error('error: --name goes with a single file or model')
    const outcomes = await stage.inside(settingFlags(command), async (door) => {
      const done: Outcome[] = []
      for (const source of sources) {
        const outcome = await importOne(source, options.name ?? null, door, stage)
        if (!options.json) stage.terminal.result(outcome.ids.map((id) => `${id}\n`).join(''))
        done.push(outcome)
      }
      return done
    })
    if (options.json) stage.terminal.result(json(outcomes))
    if (outcomes.some(({ problem }) => problem !== null)) setStatus(1)
  })
}

/** What one import gave; only what is no problem of the file's is thrown. */
export async function importOne(
  source: ImportSource,
  name: string | null,
  door: ImportDoor,
  { terminal, signal }: Stage<ImportDoor>,
): Promise<Outcome> {
  const line = progressLine(terminal, source.path)
  try {
    const files: { sha256: string; fileName: string }[] = []
    for (const file of source.files) {
      const sha256 = await fileHash(file.path, signal)
      await door.putArtefact(sha256, createReadStream(file.path, { signal }))
      files.push({ sha256, fileName: file.name })
    }
    const started = await door.importFiles({ files, name, idempotencyKey: null, owner: 'local' })
    const job = await followJob(started, door, signal, line.show)
    line.end()
    if (job.problem !== null) terminal.message(`circuitql: ${source.path}: ${job.problem.message}\n`)
    return { path: source.path, ids: idsOf(job), problem: job.problem }
  } catch (error) {
    const problem = problemOf(error)
    if (problem === null || problem.code === 'CANCELLED') throw error
    line.end()
    terminal.message(`circuitql: ${source.path}: ${problem.message}\n`)
    return { path: source.path, ids: [], problem }
  } finally {
    line.end()
  }
}

/** The job when it has ended; throws `CANCELLED` after stopping it when the person gives up. */
async function followJob(
  started: Job,
  door: ImportDoor,
  signal: AbortSignal,
  show: (progress: Job['progress']) => void,
): Promise<Job> {
  let job = started
  const cancel = (): void => void door.cancelJob(started.id).catch(() => undefined)
  signal.addEventListener('abort', cancel, { once: true })
  try {
    // Not with our signal: the events end by themselves once the cancelled job has.
    for await (const event of door.jobEvents(started.id, null, new AbortController().signal)) {
      job = event.job
      show(job.progress)
    }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
  if (job.state === 'CANCELLED') throw new Unavailable('the import was cancelled', {}, 'CANCELLED')
  return job
}

function idsOf({ circuitIds, modelIds, taskIds }: Job): string[] {
  return [
    ...modelIds.map((id) => printGlobalId('model', id)),
    ...taskIds.map((id) => printGlobalId('task', id)),
    ...circuitIds.map((id) => printGlobalId('circuit', id)),
  ]
}

async function fileHash(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}

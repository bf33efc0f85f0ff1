/** The entry file of the server: settings in, house composed, doors opened, closed in order when asked to end. */
import { compose, type House } from '../compose.js'
import { CircuitQLError } from '../domain/errors.js'
import { type LogLevel, type Settings, settingsFrom } from '../settings.js'
import { buildApiSchema } from './api-schema.js'
import { readExampleQueries } from './example-queries.js'
import { createHttpServer } from './http-server.js'
import { QuestionPool } from './question-pool.js'
import type { ServerLog } from './server-options.js'

async function main(): Promise<void> {
  const settings = settingsFrom(process.env)
  const log = logTo(settings.log)
  const leaving = new AbortController()
  const asked = endAsked(leaving)
  const house = await compose(settings, { logBug: (error) => log.error('a job failed by a bug', error) })
  try {
    const { examples } = await house.prepare(leaving.signal)
    if (examples > 0) log.info(`loaded ${examples} bundled examples`)
    const questions = questionPool(settings)
    const server = await createHttpServer({
      settings,
      useCases: questions === null ? house : { ...house, ...forgetful(house, questions) },
      ...(questions === null ? {} : { questions }),
      schema: buildApiSchema(),
      version: house.version,
      exampleQueries: readExampleQueries(),
      log,
    })
    process.stdout.write(
      `CircuitQL ${house.version} listens on ${server.url} (GraphiQL: ${server.url}/graphql)\n`,
    )
    await asked
    await server.close()
    await questions?.close()
  } finally {
    await house.close()
  }
}

/** Null where the settings want none, and for a store that other threads cannot see. */
function questionPool(settings: Settings): QuestionPool | null {
  const { store, graphThreads: threads } = settings
  if (threads === 0 || (store.kind === 'embedded' && store.directory === ':memory:')) return null
  return new QuestionPool({ settings, threads })
}

/** What is deleted here is forgotten in the threads too. */
function forgetful(house: House, questions: QuestionPool): Pick<House, 'deleteCircuit' | 'deleteModel'> {
  const gone = async (id: string, deleted: Promise<boolean>): Promise<boolean> => {
    const wasThere = await deleted
    questions.forget(id)
    return wasThere
  }
  return {
    deleteCircuit: (id) => gone(id, house.deleteCircuit(id)),
    deleteModel: (id) => gone(id, house.deleteModel(id)),
  }
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
function endAsked(leaving: AbortController): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      leaving.abort()
      resolve()
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end)
  })
}

function logTo(level: LogLevel): ServerLog {
  const line = (message: string): void => {
    process.stderr.write(`${new Date().toISOString()} ${message}\n`)
  }
  return {
    info: (message) => {
      if (level === 'info' || level === 'debug') line(message)
    },
    error: (message, error) => {
      if (level === 'silent') return
      const detail =
        error instanceof Error ? (error.stack ?? error.message) : error === undefined ? '' : String(error)
      line(`${message}${detail === '' ? '' : `\n${detail}`}`)
    },
  }
}

main().catch((error: unknown) => {
  const known = error instanceof CircuitQLError
  const hint = known && error.hint !== null ? ` (${error.hint})` : ''
  process.stderr.write(
    `circuitql: ${known ? error.message + hint : error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exitCode = 1
})

/** A whole composed house on a store of its own, asked through the schema. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { compose, type House } from '../../src/compose.js'
import { sha256Hex } from '../../src/domain/sha256.js'
import { settingsFrom } from '../../src/settings.js'
import type { Neo4jForTests } from './with-neo4j.js'

export interface TestHouse {
  readonly house: House
  /** Answers a query; throws when the answer has errors. */
  ask<T>(query: string, variables?: Record<string, unknown>): Promise<T>
  /** Uploads a file and imports it through the API; gives back the global ids of what came in. */
  importFile(
    path: string,
  ): Promise<{ readonly circuits: readonly string[]; readonly models: readonly string[] }>
  close(): Promise<void>
}

/** `store` settings as environment variables; the embedded store in a temporary folder by default. */
export async function openHouse(store: Record<string, string> = {}, examples = false): Promise<TestHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'circuitql-house-'))
  const settings = settingsFrom({
    CIRCUITQL_STORE: `embedded:${folder}`,
    CIRCUITQL_DATA: folder,
    CIRCUITQL_EXAMPLES: examples ? 'on' : 'off',
    ...store,
  })
  const house = await compose(settings, { inThread: true })
  await house.prepare(new AbortController().signal)
  const ask = async <T>(query: string, variables: Record<string, unknown> = {}): Promise<T> => {
    const answer = await house.execute(
      { query, variables, operationName: null },
      new AbortController().signal,
    )
    if (answer.errors?.length) throw new Error(JSON.stringify(answer.errors, null, 2))
    return answer.data as T
  }
  return {
    house,
    ask,
    importFile: (path) => importFile(path, house, ask),
    close: async () => {
      await removeAll(house)
      await house.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A server that others use is left as it was found. */
async function removeAll(house: House): Promise<void> {
  const page = { first: 1000, after: null, last: null, before: null }
  const circuits = await house.findCircuits({ where: null, orderBy: null, page })
  for (const { row } of circuits.rows) await house.deleteCircuit(row.id)
  const models = await house.findModels({ nameContains: null, orderBy: null, page })
  for (const { row } of models.rows) await house.deleteModel(row.id)
}

interface ImportAnswer {
  readonly importFiles: { readonly job?: { readonly id: string }; readonly message?: string }
}

async function importFile(
  path: string,
  house: House,
  ask: TestHouse['ask'],
): ReturnType<TestHouse['importFile']> {
  const bytes = await readFile(path)
  const sha256 = sha256Hex(bytes)
  await house.putArtefact(
    sha256,
    (async function* () {
      yield bytes
    })(),
  )
  const { importFiles } = await ask<ImportAnswer>(
    `mutation($files: [UploadedFile!]!) {
      importFiles(input: { files: $files }) { ... on ImportFilesPayload { job { id } } ... on Problem { message } }
    }`,
    { files: [{ sha256, fileName: basename(path) }] },
  )
  const id = importFiles.job?.id
  if (id === undefined) throw new Error(importFiles.message)
  for (;;) {
    const { job } = await ask<{
      job: {
        state: string
        problem: { message: string } | null
        circuits: { id: string }[]
        models: { id: string }[]
      }
    }>('query($id: ID!) { job(id: $id) { state problem { message } circuits { id } models { id } } }', { id })
    if (job.state === 'SUCCEEDED')
      return { circuits: job.circuits.map((c) => c.id), models: job.models.map((m) => m.id) }
    if (job.state === 'FAILED' || job.state === 'CANCELLED')
      throw new Error(`${job.state}: ${job.problem?.message}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A namespace of this run's own on the server of the tests. */
export function neo4jSettings(server: Neo4jForTests): Record<string, string> {
  return {
    CIRCUITQL_STORE: server.uri,
    CIRCUITQL_NEO4J_USER: server.user,
    ...(server.password === null ? {} : { CIRCUITQL_NEO4J_PASSWORD: server.password }),
    CIRCUITQL_NEO4J_NAMESPACE: `journey_${randomUUID().replaceAll('-', '')}`,
  }
}

/** The whole house with an embedded store in a folder of its own, behind real HTTP. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compose, type House } from '../../src/compose.js'
import { buildApiSchema } from '../../src/server/api-schema.js'
import { readExampleQueries } from '../../src/server/example-queries.js'
import { createHttpServer } from '../../src/server/http-server.js'
import { settingsFrom } from '../../src/settings.js'

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON whose shape the test itself states
export type Body = any

export interface ApiHouse {
  readonly url: string
  readonly house: House
  ask(query: string, variables?: object, operationName?: string): Promise<Body>
  /** The data, after checking that there are no errors. */
  data(query: string, variables?: object, operationName?: string): Promise<Body>
  close(): Promise<void>
}

export const EXAMPLE_QUERIES = readExampleQueries()

export async function apiHouse(environment: Readonly<Record<string, string>> = {}): Promise<ApiHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-api-'))
  const settings = settingsFrom({ PORT: '0', CIRCUITQL_STORE: `embedded:${folder}`, ...environment })
  const house = await compose(settings, { inThread: true })
  await house.prepare(new AbortController().signal)
  const log = { info: () => {}, error: (message: string, error?: unknown) => console.error(message, error) }
  const server = await createHttpServer({
    settings,
    useCases: house,
    schema: buildApiSchema(),
    version: house.version,
    exampleQueries: EXAMPLE_QUERIES,
    log,
  })
  const ask: ApiHouse['ask'] = async (query, variables = {}, operationName) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables, operationName }),
    })
    return response.json()
  }
  return {
    url: server.url,
    house,
    ask,
    data: async (...question) => {
      const { data, errors } = await ask(...question)
      expect(errors).toBeUndefined()
      return data
    },
    close: async () => {
      await server.close()
      await house.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A real server on a free port over use cases that the test writes; the rest refuse to be called. */
import type { GraphQLSchema } from 'graphql'
import type { UseCases } from '../../../src/application/use-cases.js'
import { buildApiSchema } from '../../../src/server/api-schema.js'
import { createHttpServer, type RunningServer } from '../../../src/server/http-server.js'
import type { ServerSettings } from '../../../src/server/server-options.js'

let built: GraphQLSchema | null = null

export interface TestServer extends RunningServer {
  /** What was logged as an error, in order. */
  readonly logged: { message: string; error: unknown }[]
  ask(query: string, variables?: object, headers?: Record<string, string>): Promise<Asked>
}

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON whose shape the test itself states
export type Body = any

export interface Asked {
  readonly status: number
  readonly body: Body
}

export async function testServer(
  useCases: Partial<UseCases>,
  settings: Partial<ServerSettings> = {},
): Promise<TestServer> {
  built ??= buildApiSchema()
  const logged: TestServer['logged'] = []
  const server = await createHttpServer({
    settings: {
      port: 0,
      host: '127.0.0.1',
      tokens: [],
      maxUploadBytes: 1_000,
      maxCostFields: 100_000,
      maxWork: 1e11,
      questionTimeoutMs: 5_000,
      ...settings,
    },
    useCases: onlyThese(useCases),
    schema: built,
    version: '0.0.0-test',
    exampleQueries: '# The server.\nquery Server { meta { version } }\n',
    log: { info: () => {}, error: (message, error) => logged.push({ message, error }) },
  })
  return {
    ...server,
    logged,
    ask: (query, variables = {}, headers = {}) =>
      post(`${server.url}/graphql`, { query, variables }, headers),
  }
}

export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Asked> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

function onlyThese(useCases: Partial<UseCases>): UseCases {
  const known: Partial<UseCases> = {
    describeStore: async () => ({ kind: 'embedded', engine: 'none', schemaVersion: '0' }),
    ping: async () => {},
    plan: async () => [],
    circuitSummaries: async (ids) => ids.map(() => null),
    modelSummaries: async (ids) => ids.map(() => null),
    ...useCases,
  }
  return new Proxy(known, {
    get: (target, name) =>
      Reflect.get(target, name) ??
      (() => {
        throw new Error(`the test has no use case ${String(name)}`)
      }),
  }) as UseCases
}

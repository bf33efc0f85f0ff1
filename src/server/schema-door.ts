/** The schema without HTTP: the same engine, checks and error translation, for the command line and for tests. */
import type { UseCases } from '../application/use-cases.js'
import { apiLimits } from './api-limits.js'
import { buildApiSchema } from './api-schema.js'
import { graphqlEngine } from './graphql-engine.js'
import { Metrics } from './metrics.js'
import { newContext } from './request-context.js'
import type { ServerSettings } from './server-options.js'

export interface GraphQLRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>> | null
  readonly operationName: string | null
}

export interface GraphQLAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions?: Readonly<Record<string, unknown>>
  }[]
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** Whoever calls it owns the store, so writes need no token. */
export function schemaDoor(
  useCases: UseCases,
  settings: ServerSettings,
  version: string,
): (request: GraphQLRequest, signal: AbortSignal) => Promise<GraphQLAnswer> {
  const limits = apiLimits(settings)
  const silent = {
    info: () => {},
    error: (message: string, error?: unknown) => console.error(message, error ?? ''),
  }
  const engine = graphqlEngine(buildApiSchema(), limits, new Metrics(version), silent)
  return async ({ query, variables, operationName }, signal) => {
    const contextValue = newContext({ owner: 'local', mayWrite: true }, signal, { useCases, limits, version })
    const { body } = await engine.executeOperation(
      { query, variables: variables ?? {}, operationName: operationName ?? undefined },
      { contextValue },
    )
    if (body.kind !== 'single') throw new Error('invariant broken: incremental delivery is off')
    const { data, errors, extensions } = body.singleResult
    return {
      ...(data === undefined ? {} : { data }),
      ...(errors === undefined ? {} : { errors }),
      ...(extensions === undefined ? {} : { extensions }),
    }
  }
}

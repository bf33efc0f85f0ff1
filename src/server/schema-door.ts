/** The schema without a socket: what the command line asks, with the checks and words of the HTTP door. */
import { execute, type GraphQLFormattedError } from 'graphql'
import type { UseCases } from '../application/use-cases.js'
import { apiLimits } from './api-limits.js'
import { buildApiSchema } from './api-schema.js'
import { checkOperation } from './checked-operation.js'
import { translateError } from './error-translation.js'
import type { GraphQLAnswer, GraphQLRequest } from './graphql-request.js'
import { asGraphQLError, prepareOperation } from './prepared-operation.js'
import { newContext, wantsPlan } from './request-context.js'
import type { ServerLog, ServerSettings } from './server-options.js'
import { planned, told as toldExtensions } from './told-extensions.js'

const LOCAL_LOG: ServerLog = {
  info: () => {},
  error: (message, error) => console.error(message, error),
}

/** Answers queries and mutations of the person at this machine, who may write; never throws for a bad request. */
export function schemaDoor(
  useCases: UseCases,
  settings: ServerSettings,
  version: string,
  log: ServerLog = LOCAL_LOG,
): (request: GraphQLRequest, signal: AbortSignal) => Promise<GraphQLAnswer> {
  const schema = buildApiSchema()
  const limits = apiLimits(settings)
  const told = (error: unknown): GraphQLFormattedError => {
    const shaped = asGraphQLError(error)
    return translateError(shaped.toJSON(), shaped, log)
  }
  return async (request, signal) => {
    const prepared = prepareOperation(schema, request, limits)
    if ('errors' in prepared) return { errors: prepared.errors.map(told) }
    const { document, variables } = prepared
    const contextValue = newContext(
      { owner: 'local', mayWrite: true },
      signal,
      { useCases, limits, version },
      wantsPlan(request.extensions),
    )
    try {
      const isPlanned = contextValue.plans !== null
      contextValue.estimatedCost = checkOperation({
        ...prepared,
        schema,
        limits,
        mayWrite: true,
        planned: isPlanned,
      })
      const { operationName } = request
      const result = await execute({
        schema,
        document,
        operationName,
        variableValues: variables,
        contextValue,
      })
      const extensions = toldExtensions(result.data, contextValue)
      const errors = result.errors ? { errors: result.errors.map(told) } : {}
      return isPlanned ? planned(errors, extensions) : { data: result.data, ...errors, extensions }
    } catch (error) {
      return { errors: [told(error)] }
    }
  }
}

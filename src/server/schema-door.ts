/** The schema without a socket: what the command line asks, with the checks and words of the HTTP door. */
import { execute, type GraphQLFormattedError } from 'graphql'
import type { UseCases } from '../application/use-cases.js'
import { apiLimits } from './api-limits.js'
import { buildApiSchema } from './api-schema.js'
import { checkOperation } from './checked-operation.js'
import { translateError } from './error-translation.js'
import type { GraphQLAnswer, GraphQLRequest } from './graphql-request.js'
import { asGraphQLError, prepareOperation } from './prepared-operation.js'
import type { QuestionOutcome } from './question-task.js'
import { newContext, wantsPlan } from './request-context.js'
import type { ServerLog, ServerSettings } from './server-options.js'
import { SplicedLists } from './spliced-lists.js'
import { planned, told as toldExtensions } from './told-extensions.js'

const LOCAL_LOG: ServerLog = {
  info: () => {},
  error: (message, error) => console.error(message, error),
}

export interface SchemaDoor {
  answer(request: GraphQLRequest, signal: AbortSignal): Promise<GraphQLAnswer>
  /** The same, written down where it has data. */
  tell(request: GraphQLRequest, signal: AbortSignal): Promise<QuestionOutcome>
}

/** Answers queries and mutations of the person at this machine, who may write; never throws for a bad request. */
export function schemaDoor(
  useCases: UseCases,
  settings: ServerSettings,
  version: string,
  log: ServerLog = LOCAL_LOG,
): SchemaDoor {
  const schema = buildApiSchema()
  const limits = apiLimits(settings)
  const told = (error: unknown): GraphQLFormattedError => {
    const shaped = asGraphQLError(error)
    return translateError(shaped.toJSON(), shaped, log)
  }
  const executed = async (
    request: GraphQLRequest,
    signal: AbortSignal,
  ): Promise<{ readonly answer: GraphQLAnswer; readonly written: SplicedLists }> => {
    const prepared = prepareOperation(schema, request, limits)
    if ('errors' in prepared)
      return { answer: { errors: prepared.errors.map(told) }, written: new SplicedLists() }
    const { document, variables } = prepared
    const contextValue = newContext(
      { owner: 'local', mayWrite: true },
      signal,
      { useCases, limits, version },
      wantsPlan(request.extensions),
    )
    const { written } = contextValue
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
      const answer = isPlanned ? planned(errors, extensions) : { ...errors, data: result.data, extensions }
      return { answer, written }
    } catch (error) {
      return { answer: { errors: [told(error)] }, written }
    }
  }
  return {
    answer: async (request, signal) => {
      const { answer, written } = await executed(request, signal)
      written.fill(answer.data)
      return answer
    },
    tell: async (request, signal) => {
      const { answer, written } = await executed(request, signal)
      if (answer.data == null) return { answer }
      return { text: written.told(answer), hasErrors: answer.errors !== undefined }
    },
  }
}

/** Apollo Server with the manners of this house. */
import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import {
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql'
import type { ApiLimits } from '../../resolvers/api-context.js'
import { CircuitQLError } from '../domain/errors.js'
import { answeredElsewhere } from './answered-elsewhere.js'
import { MAX_COERCION_ERRORS, MAX_VALIDATION_ERRORS } from './api-limits.js'
import { checkOperation } from './checked-operation.js'
import { statusOf, translateError } from './error-translation.js'
import type { Metrics } from './metrics.js'
import { asGraphQLError } from './prepared-operation.js'
import type { QuestionPool } from './question-pool.js'
import type { RequestContext } from './request-context.js'
import type { ServerLog } from './server-options.js'
import { planned, told } from './told-extensions.js'
import { threadOf } from './walks-graphs.js'

/** Stands where Apollo keeps data while the answer waits, written, in the context of its request. */
const WRITTEN: NonNullable<FormattedExecutionResult['data']> = {}
const ELSEWHERE: FormattedExecutionResult = { data: WRITTEN }

export function graphqlEngine(
  schema: GraphQLSchema,
  limits: ApiLimits,
  metrics: Metrics,
  log: ServerLog,
  questions: QuestionPool | null,
): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    schema,
    introspection: true,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: limits.tokens },
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    executionOptions: { maxCoercionErrors: MAX_COERCION_ERRORS },
    stopOnTerminationSignals: false,
    formatError: (shaped, error) => translateError(shaped, error, log),
    logger: { debug: () => {}, info: () => {}, warn: log.info, error: log.error },
    stringifyResult: (result) => (result.data === WRITTEN ? '' : `${JSON.stringify(result)}\n`),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      checks(metrics),
      ...(questions === null ? [] : [answersElsewhere(questions, log)]),
      statusOfEmptyAnswers(),
    ],
  })
}

function checks(metrics: Metrics): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ schema, document, operation, request, contextValue }) => {
        // An unknown operation name is Apollo's to refuse.
        if (!operation) return
        const { limits, mayWrite } = contextValue
        const variables = request.variables ?? {}
        try {
          contextValue.estimatedCost = checkOperation({
            schema,
            document,
            operation,
            variables,
            limits,
            mayWrite,
            planned: contextValue.plans !== null,
          })
        } catch (error) {
          throw withStatus(error)
        }
      },
      willSendResponse: async ({ operation, response, contextValue, errors }) => {
        const labels = {
          operation: operation?.operation ?? 'none',
          outcome: errors?.length ? 'errors' : 'ok',
        }
        metrics.add('circuitql_operations_total', 'GraphQL operations by kind and outcome.', labels)
        if (response.body.kind !== 'single' || !operation) return
        const { singleResult } = response.body
        if (contextValue.isTold) return
        const extensions = { ...singleResult.extensions, ...told(singleResult.data, contextValue) }
        // What was planned has no data, and the questions that were not asked no errors.
        const answer =
          contextValue.plans === null ? { ...singleResult, extensions } : planned(singleResult, extensions)
        const { written } = contextValue
        if (written.isEmpty || answer.data == null) {
          response.body.singleResult = answer
          return
        }
        contextValue.finished.text = written.told(answer)
        response.body.singleResult = ELSEWHERE
      },
    }),
  }
}

/** Queries over graphs are answered in threads of their own, extensions and all. */
function answersElsewhere(questions: QuestionPool, log: ServerLog): ApolloServerPlugin<RequestContext> {
  const told = (error: unknown): GraphQLFormattedError => {
    const shaped = asGraphQLError(error)
    return translateError(shaped.toJSON(), shaped, log)
  }
  return {
    requestDidStart: async ({ request: { query, variables } }) => {
      const asked = (operationName: string | null) => ({
        ...{ query: query ?? '', variables: variables ?? null, operationName },
      })
      return {
        responseForOperation: async ({ document, operationName, contextValue }) => {
          const thread = threadOf(document, operationName)
          contextValue.moving.allowed = thread === 'LARGE_ESTIMATES'
          if (thread !== 'GRAPH') return null
          contextValue.isTold = true
          const outcome = await answeredElsewhere(asked(operationName), contextValue, questions, told)
          const singleResult = 'answer' in outcome ? (outcome.answer as FormattedExecutionResult) : ELSEWHERE
          if ('text' in outcome) contextValue.finished.text = outcome.text
          const http = { status: undefined, headers: new HeaderMap() }
          return { http, body: { kind: 'single', singleResult } }
        },
        willSendResponse: async ({ contextValue, operationName }) => {
          const { moving, finished } = contextValue
          if (!moving.wanted) return
          const outcome = await answeredElsewhere(asked(operationName ?? null), contextValue, questions, told)
          finished.text = 'text' in outcome ? outcome.text : [JSON.stringify(outcome.answer)]
        },
      }
    },
  }
}

/** A refusal before execution has an HTTP status of its own, 400 where there is no better. */
function withStatus(error: unknown): unknown {
  if (!(error instanceof CircuitQLError)) return error
  const status = error.code === 'UNAUTHENTICATED' ? 401 : 400
  return new GraphQLError(error.message, { originalError: error, extensions: { http: { status } } })
}

/** GraphQL over HTTP: an answer without data is no success, where the client asked for that media type. */
function statusOfEmptyAnswers(): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      willSendResponse: async ({ request, response }) => {
        if (response.body.kind !== 'single' || response.http.status !== undefined) return
        const { data, errors } = response.body.singleResult
        const strict =
          request.http?.headers.get('accept')?.includes('application/graphql-response+json') ?? false
        if (data == null && errors?.length && strict) {
          response.http.status = statusOf(errors[0]!.extensions?.['code'] as string | undefined)
        }
      },
    }),
  }
}

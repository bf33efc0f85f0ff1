/**
 * GraphQL over server-sent events, one connection per operation: job events, and any other operation for clients that
 * prefer it. The same parsing, validation, limits and words as on `/graphql`.
 */
import type { RequestHandler } from 'express'
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  validate,
} from 'graphql'
import type { Response } from 'graphql-sse'
import { createHandler } from 'graphql-sse/lib/use/express'
import { MAX_VALIDATION_ERRORS } from './api-limits.js'
import { checkOperation } from './checked-operation.js'
import { translateError, translateHttpError } from './error-translation.js'
import { type ContextMaker, contextOf, type RequestContext } from './request-context.js'
import type { ServerLog } from './server-options.js'

interface Asked {
  readonly query: unknown
  readonly variables?: Readonly<Record<string, unknown>> | null
  readonly operationName?: string | null
}

export function eventStream(schema: GraphQLSchema, maker: ContextMaker, log: ServerLog): RequestHandler {
  const told = (error: GraphQLError): GraphQLFormattedError => translateError(error.toJSON(), error, log)
  const handler = createHandler({
    authenticate: () => null,
    onSubscribe: (request, params) => {
      const { res } = request.context as { res: Parameters<RequestHandler>[1] }
      try {
        const prepared = prepare(schema, params as Asked, maker)
        if ('errors' in prepared) return refusal(400, prepared.errors.map(told))
        const { operation, document } = prepared
        if (operation.operation === 'mutation' && request.method !== 'POST') return refusal(405, [])
        const context = contextOf(request.raw as never, res, operation.operation !== 'subscription', maker)
        checkOperation({ ...prepared, schema, limits: maker.limits, mayWrite: context.mayWrite })
        return executionArgs(schema, document, params as Asked, context) as never
      } catch (error) {
        const { extensions, ...shown } = told(asGraphQLError(error))
        const status = extensions?.['code'] === 'UNAUTHENTICATED' ? 401 : 400
        return refusal(status, [{ ...shown, extensions }])
      }
    },
    onNext: (_context, _request, result) => {
      const { errors } = result as ExecutionResult
      return errors
        ? ({ ...result, errors: errors.map((error) => told(asGraphQLError(error))) } as never)
        : undefined
    },
  })
  return async (request, response) => {
    try {
      await handler(request as never, response as never)
    } catch (error) {
      // The iterable of a subscription failed: before the first byte with a status, later by ending the stream.
      const { status, body } = translateHttpError(error, log)
      if (response.headersSent)
        response.end(`event: next\ndata: ${JSON.stringify(body)}\n\nevent: complete\ndata:\n\n`)
      else response.status(status).json(body)
    }
  }
}

/** An operation that is not let in is answered before the stream begins, with a status. */
function refusal(status: 400 | 401 | 405, errors: readonly GraphQLFormattedError[]): Response {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...(status === 405 ? { allow: 'POST' } : {}),
  }
  return [JSON.stringify({ errors }), { status, statusText: STATUS_TEXT[status], headers }]
}
const STATUS_TEXT = { 400: 'Bad Request', 401: 'Unauthorized', 405: 'Method Not Allowed' } as const

type Prepared =
  | { readonly errors: readonly GraphQLError[] }
  | {
      readonly document: DocumentNode
      readonly operation: NonNullable<ReturnType<typeof getOperationAST>>
      readonly variables: Readonly<Record<string, unknown>>
    }

function prepare(
  schema: GraphQLSchema,
  { query, variables, operationName }: Asked,
  { limits }: ContextMaker,
): Prepared {
  const coded = (message: string, code: string, nodes?: GraphQLError): GraphQLError =>
    new GraphQLError(message, { source: nodes?.source, positions: nodes?.positions, extensions: { code } })
  let document: DocumentNode
  try {
    document = parse(String(query), { maxTokens: limits.tokens })
  } catch (error) {
    const shown = asGraphQLError(error)
    return {
      errors: [
        new GraphQLError(shown.message, {
          source: shown.source,
          positions: shown.positions,
          originalError: shown.originalError,
          extensions: { code: 'GRAPHQL_PARSE_FAILED' },
        }),
      ],
    }
  }
  const errors = validate(schema, document, undefined, { maxErrors: MAX_VALIDATION_ERRORS })
  if (errors.length > 0) {
    return { errors: errors.map((error) => coded(error.message, 'GRAPHQL_VALIDATION_FAILED', error)) }
  }
  const operation = getOperationAST(document, operationName)
  if (!operation)
    return { errors: [coded('name one operation of the document', 'OPERATION_RESOLUTION_FAILURE')] }
  return { document, operation, variables: variables ?? {} }
}

function executionArgs(
  schema: GraphQLSchema,
  document: DocumentNode,
  { variables, operationName }: Asked,
  contextValue: RequestContext,
): ExecutionArgs {
  return { schema, document, variableValues: variables, operationName, contextValue }
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  return new GraphQLError(cause.message, { originalError: cause })
}

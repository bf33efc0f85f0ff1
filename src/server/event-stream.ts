/**
 * GraphQL over server-sent events, one connection per operation: job events, and any other operation for clients that
 * prefer it. The same parsing, validation, limits and words as on `/graphql`.
 */
import type { Request, RequestHandler } from 'express'
import type { ExecutionResult, GraphQLError, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { Response } from 'graphql-sse'
import { createHandler } from 'graphql-sse/lib/use/express'
import { type AnswerText, asString } from './answer-text.js'
import { type AskedElsewhere, answeredElsewhere } from './answered-elsewhere.js'
import { checkOperation } from './checked-operation.js'
import { translateError, translateHttpError } from './error-translation.js'
import { asGraphQLError, type OperationRequest, prepareOperation } from './prepared-operation.js'
import type { QuestionPool } from './question-pool.js'
import { type ContextMaker, contextOf, type RequestContext } from './request-context.js'
import type { ServerLog } from './server-options.js'
import { planned, told as toldExtensions } from './told-extensions.js'
import { threadOf } from './walks-graphs.js'

export function eventStream(
  schema: GraphQLSchema,
  maker: ContextMaker,
  log: ServerLog,
  questions: QuestionPool | null,
): RequestHandler {
  const told = (error: unknown): GraphQLFormattedError => {
    const shaped = asGraphQLError(error)
    return translateError(shaped.toJSON(), shaped, log)
  }
  /** Queries under way, for what is told beside their data; a subscription has no cost of its own. */
  const queries = new WeakMap<object, { readonly context: RequestContext; readonly asked: AskedElsewhere }>()
  const handler = createHandler({
    // Null switches off the single connection mode, whose streams would outlive their requests.
    authenticate: () => null,
    onSubscribe: async (request, params) => {
      const { variables, operationName } = params
      try {
        const prepared = prepareOperation(schema, params as OperationRequest, maker.limits)
        if ('errors' in prepared) return refusal(400, prepared.errors.map(told))
        const { operation, document } = prepared
        if (operation.operation === 'mutation' && request.method !== 'POST') return refusal(405, [])
        const timed = operation.operation !== 'subscription'
        const contextValue = contextOf(request.raw as unknown as Request, request.context.res, timed, maker)
        const asked = {
          ...{ query: params.query, variables: variables ?? null, operationName: operationName ?? null },
        }
        if (timed) queries.set(request.raw, { context: contextValue, asked })
        contextValue.estimatedCost = checkOperation({
          ...prepared,
          schema,
          limits: maker.limits,
          mayWrite: contextValue.mayWrite,
          planned: contextValue.plans !== null,
        })
        const thread = questions === null ? 'MAIN' : threadOf(document, operationName ?? null)
        contextValue.moving.allowed = thread === 'LARGE_ESTIMATES'
        if (questions !== null && thread === 'GRAPH') {
          const outcome = await answeredElsewhere(asked, contextValue, questions, told)
          return oneEvent('text' in outcome ? outcome.text : [JSON.stringify(outcome.answer)])
        }
        return {
          schema,
          document,
          operationName,
          variableValues: variables,
          contextValue: contextValue as never,
        }
      } catch (error) {
        const shown = told(error)
        return refusal(shown.extensions?.['code'] === 'UNAUTHENTICATED' ? 401 : 400, [shown])
      }
    },
    onNext: async (_context, request, result) => {
      const { errors, data } = result as ExecutionResult
      const shown = errors ? { errors: errors.map(told) as unknown as GraphQLError[] } : {}
      const query = queries.get(request.raw)
      if (query === undefined) return { ...result, ...shown }
      const { context, asked } = query
      if (questions !== null && context.moving.wanted) {
        const outcome = await answeredElsewhere(asked, context, questions, told)
        return 'text' in outcome ? JSON.parse(asString(outcome.text)) : outcome.answer
      }
      const extensions = { ...toldExtensions(data, context) }
      if (context.plans === null) context.written.fill(data)
      return context.plans === null ? { ...result, ...shown, extensions } : planned(shown, extensions)
    },
  })
  return async (request, response) => {
    try {
      await handler(request, response)
    } catch (error) {
      // The iterable of a subscription failed: with a status before the first byte, later by ending the stream.
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

/** The whole stream of an answer that is written down, piece by piece. */
function oneEvent(text: AnswerText): Response {
  const body = (async function* () {
    yield ':\n\nevent: next\ndata: '
    for (const piece of text) yield asString([piece])
    yield '\n\nevent: complete\ndata:\n\n'
  })()
  // The handler calls it by itself when the reader goes.
  body.return = body.return.bind(body)
  const headers = {
    connection: 'keep-alive',
    'cache-control': 'no-cache',
    'content-encoding': 'none',
    'content-type': 'text/event-stream; charset=utf-8',
  }
  return [body, { status: 200, statusText: 'OK', headers }]
}

const STATUS_TEXT = { 400: 'Bad Request', 401: 'Unauthorized', 405: 'Method Not Allowed' } as const

/**
 * The only place where errors become words for clients. The domain's family keeps its code, sentence and hint; what
 * graphql and Apollo say about a document passes; everything else is a bug of ours and is masked under a log id.
 */
import { randomUUID } from 'node:crypto'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { CircuitQLError, type ErrorCode } from '../domain/errors.js'
import type { ServerLog } from './server-options.js'

/** Codes of the frame around our questions; their messages speak of the client's own document. */
const FRAME_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
])

const TOO_DEEP = 'the document nests too deeply to be read'

/** The error as a client sees it. `shaped` is the same error with the locations and path that graphql gave it. */
export function translateError(
  shaped: GraphQLFormattedError,
  error: unknown,
  log: ServerLog,
): GraphQLFormattedError {
  const cause = originOf(error)
  const place = {
    ...(shaped.locations ? { locations: shaped.locations } : {}),
    ...(shaped.path ? { path: shaped.path } : {}),
  }
  if (cause instanceof CircuitQLError) {
    return { message: cause.message, ...place, extensions: extensionsOf(cause) }
  }
  const code = isInputError(shaped.message, cause) ? 'BAD_USER_INPUT' : shaped.extensions?.['code']
  if (FRAME_CODES.has(code)) {
    const message = cause instanceof RangeError ? TOO_DEEP : shaped.message
    return { message: withoutSuggestions(message), ...place, extensions: { code } }
  }
  return { message: masked(cause, log), ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } }
}

/** The error of a route beside GraphQL, with its HTTP status. */
export function translateHttpError(error: unknown, log: ServerLog): { status: number; body: object } {
  if (error instanceof CircuitQLError) {
    return { status: statusOf(error.code), body: errorBody(error.message, extensionsOf(error)) }
  }
  const parser = bodyParserError(error)
  if (parser) return { status: parser.status, body: errorBody(parser.message, { code: 'BAD_REQUEST' }) }
  return { status: 500, body: errorBody(masked(error, log), { code: 'INTERNAL_SERVER_ERROR' }) }
}

export function errorBody(message: string, extensions: object): object {
  return { errors: [{ message, extensions }] }
}

export function statusOf(code: string | undefined): number {
  return STATUS[code as ErrorCode] ?? (code === 'INTERNAL_SERVER_ERROR' ? 500 : 400)
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  NOT_FOUND: 404,
  CONFLICT: 409,
  LIMIT_EXCEEDED: 413,
  HASH_MISMATCH: 422,
  CANCELLED: 503,
  UNAVAILABLE: 503,
  MIGRATION_NEEDED: 503,
}

function extensionsOf({ code, hint, path, facts }: CircuitQLError): Record<string, unknown> {
  return { ...facts, code, ...(hint === null ? {} : { hint }), ...(path === null ? {} : { at: path }) }
}

/** What graphql says about variables and arguments that do not fit, in whichever engine; it gives them no code. */
function isInputError(message: string, cause: unknown): boolean {
  return (
    cause instanceof GraphQLError && /^(?:Variable "\$|Argument "|Too many errors processing)/.test(message)
  )
}

function originOf(error: unknown): unknown {
  let cause = error
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError
  return cause
}

/** Tells nothing but a number under which the log says more. */
function masked(error: unknown, log: ServerLog): string {
  const id = randomUUID()
  log.error(`internal error ${id}`, error)
  return `something went wrong here; the log of the server says more under ${id}`
}

/** Names of the schema are no secret here, but guesses are not help either once the schema is at hand. */
function withoutSuggestions(message: string): string {
  return message.replace(/ ?Did you mean[^?]*\?/g, '')
}

/** What body-parser and Express throw at a request they cannot read; their own words may hold parts of the body. */
function bodyParserError(error: unknown): { status: number; message: string } | null {
  const { type, status } = (error ?? {}) as { readonly type?: unknown; readonly status?: unknown }
  if (type === 'entity.too.large') return { status: 413, message: 'the request body is too large' }
  if (type === 'entity.parse.failed') return { status: 400, message: 'the request body is not valid JSON' }
  if (status === 415)
    return { status: 415, message: 'the request body has an encoding that is not supported' }
  if (typeof status === 'number' && status >= 400 && status < 500)
    return { status, message: 'the request is malformed' }
  return null
}

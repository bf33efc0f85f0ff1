/** Our own errors between threads: as data, since classes do not travel. */
import {
  CircuitQLError,
  Conflict,
  type ErrorCode,
  type Fact,
  InvalidInput,
  LimitExceeded,
  NotFound,
  Unavailable,
} from '../domain/errors.js'

export interface CarriedError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string | null
  readonly path: string | null
  readonly facts: Readonly<Record<string, Fact>>
}

/** Null for anything that is not of the family: a fault of ours, which ends the thread. */
export function carriedError(error: unknown): CarriedError | null {
  if (!(error instanceof CircuitQLError)) return null
  const { code, message, hint, path, facts } = error
  return { code, message, hint, path, facts }
}

export function arrivedError({ code, message, hint, path, facts }: CarriedError): CircuitQLError {
  const details = { facts, ...(hint === null ? {} : { hint }), ...(path === null ? {} : { path }) }
  switch (code) {
    case 'CANCELLED':
    case 'UNAVAILABLE':
    case 'MODEL_NOT_AT_HAND':
      return new Unavailable(message, details, code)
    case 'LIMIT_EXCEEDED':
    case 'COST_EXCEEDED':
      return new LimitExceeded(message, details, code)
    case 'CONFLICT':
      return new Conflict(message, details)
    case 'NOT_FOUND':
      return new NotFound(message, details)
    default:
      return new InvalidInput(code, message, details)
  }
}

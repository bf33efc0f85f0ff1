/**
 * The closed family of errors that domain code throws. Each carries a stable code, one sentence that names the
 * offending value and, where it helps, a hint. Anything else that is thrown is a bug of ours (see `invariant`).
 * `server/error-translation.ts` alone turns them into GraphQL and HTTP answers.
 */

/** Stable codes. Clients branch on them: add, never rename. */
export const ERROR_CODES = [
  'BAD_ADDRESS',
  'BAD_CURSOR',
  'BAD_EXPRESSION',
  'BAD_FILE',
  'BAD_ID',
  'BAD_INPUT',
  'BAD_MIGRATION',
  'BAD_PATTERN',
  'BAD_SETTING',
  'CANCELLED',
  'CONFLICT',
  'COST_EXCEEDED',
  'HASH_MISMATCH',
  'LIMIT_EXCEEDED',
  'MIGRATION_NEEDED',
  'MODEL_NOT_AT_HAND',
  'NOT_FOUND',
  'NOT_MEANINGFUL',
  'UNAUTHENTICATED',
  'UNAVAILABLE',
  'UNSAFE_FILE',
  'UNSUPPORTED',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

export type Fact = string | number | boolean | null | readonly string[]

export interface ErrorDetails {
  /** How to mend it, one sentence. */
  readonly hint?: string
  /** Where the offending value stands: an input path, a file and position, a setting's name. */
  readonly path?: string
  /** Facts for machines (cost, limit, position …): JSON values only. */
  readonly facts?: Readonly<Record<string, Fact>>
  readonly cause?: unknown
}

/** Base of the family; never thrown itself. */
export abstract class CircuitQLError extends Error {
  readonly code: ErrorCode
  readonly hint: string | null
  readonly path: string | null
  readonly facts: Readonly<Record<string, Fact>>

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = code
    this.hint = details.hint ?? null
    this.path = details.path ?? null
    this.facts = details.facts ?? {}
  }
}

/** The thing asked for does not exist. */
export class NotFound extends CircuitQLError {
  constructor(message: string, details?: ErrorDetails) {
    super('NOT_FOUND', message, details)
  }
}

/** The caller's value is wrong; the message says which and where. */
export class InvalidInput extends CircuitQLError {}

/** The value is fine but larger than what this server allows. */
export class LimitExceeded extends CircuitQLError {
  constructor(
    message: string,
    details?: ErrorDetails,
    code: 'LIMIT_EXCEEDED' | 'COST_EXCEEDED' = 'LIMIT_EXCEEDED',
  ) {
    super(code, message, details)
  }
}

/** The state of the store does not allow it now. */
export class Conflict extends CircuitQLError {
  constructor(message: string, details?: ErrorDetails) {
    super('CONFLICT', message, details)
  }
}

/** Something this process needs is not there: a store, a model's weights, a back end. */
export class Unavailable extends CircuitQLError {
  constructor(
    message: string,
    details?: ErrorDetails,
    code: 'UNAVAILABLE' | 'MODEL_NOT_AT_HAND' | 'CANCELLED' = 'UNAVAILABLE',
  ) {
    super(code, message, details)
  }
}

/** What `find` gives; a refusal that does not say where its value stands is thrown on with this input path. */
export function standingAt<Found>(path: string, find: () => Found): Found {
  try {
    return find()
  } catch (error) {
    if (!(error instanceof InvalidInput) || error.path !== null) throw error
    const { code, message, hint, facts } = error
    throw new InvalidInput(code, message, { path, facts, cause: error, ...(hint === null ? {} : { hint }) })
  }
}

/** Says that a condition of our own making holds; its failure is a bug, never the caller's fault. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`)
}

/** Throws `CANCELLED` when the asker has gone away. Long loops call it between steps. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Unavailable('the question was cancelled', {}, 'CANCELLED')
}

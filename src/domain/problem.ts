import { CircuitQLError } from './errors.js'

/** An error as data, so that a refused thing can stand beside answered ones. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  /** Where the offending value stands, or null. */
  readonly path: string | null
}

/** The data form of an error of the family; null for anything else (a bug, which must not be dressed up). */
export function problemOf(error: unknown): Problem | null {
  if (!(error instanceof CircuitQLError)) return null
  return { code: error.code, message: error.message, hint: error.hint, path: error.path }
}

/** A part of a download on its way between threads, where errors lose their class. */
import type { BulkPart } from '../application/ports/format-library.js'
import type { UseCases } from '../application/use-cases.js'
import { CircuitQLError, type ErrorCode, type ErrorDetails, InvalidInput } from '../domain/errors.js'
import type { PartWork } from './question-task.js'

/** The part, or why there is none. */
export type PartOutcome = { readonly part: BulkPart } | { readonly refusal: Refusal }

interface Refusal extends ErrorDetails {
  readonly code: ErrorCode
  readonly message: string
}

export async function partOutcome(
  { graphPart }: Pick<UseCases, 'graphPart'>,
  { globalId, format, row }: PartWork,
  signal: AbortSignal,
): Promise<PartOutcome> {
  try {
    return { part: await graphPart(globalId, format, row, { signal }) }
  } catch (error) {
    if (!(error instanceof CircuitQLError)) throw error
    const { code, message, hint, path, facts } = error
    const place = { ...(hint === null ? {} : { hint }), ...(path === null ? {} : { path }) }
    return { refusal: { code, message, facts, ...place } }
  }
}

/** Throws the refusal again. */
export function partOf(outcome: PartOutcome): BulkPart {
  if ('part' in outcome) return outcome.part
  const { code, message, ...details } = outcome.refusal
  throw new InvalidInput(code, message, details)
}

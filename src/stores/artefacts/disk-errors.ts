/** Trouble of the disk (full, read-only, gone) as the error that callers know. */
import { CircuitQLError, Unavailable } from '../../domain/errors.js'

/** Runs work that touches nothing but the disk; its failures become UNAVAILABLE. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CircuitQLError || errorCode(error) === null) throw error
    throw new Unavailable(
      `the artefact store does not answer: ${String((error as { message?: unknown }).message)}`,
      { cause: error },
    )
  }
}

/** The system's code of an error, e.g. `ENOENT`; null for errors of another kind. */
export function errorCode(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null
}

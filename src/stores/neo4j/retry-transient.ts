/** Runs work again after errors that pass by themselves (deadlocks, a leader that moved), as the driver's transactions do. */
import { setTimeout as pause } from 'node:timers/promises'
import { isRetryableError, Neo4jError } from 'neo4j-driver'

const ATTEMPTS = 8
const FIRST_PAUSE_MS = 25

/** Two sessions that create the same index IF NOT EXISTS can meet between look and make; the repeat finds it made. */
const MADE_MEANWHILE = 'Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists'

/** For statements that cannot run in a retried transaction; they must be safe to repeat. */
export async function retryTransient<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === ATTEMPTS || !passesByItself(error)) throw error
      // Two that met in a deadlock should not meet again: whoever loses waits a random while.
      await pause(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()))
    }
  }
}

function passesByItself(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return isRetryableError(error) || (error instanceof Neo4jError && error.code === MADE_MEANWHILE)
}

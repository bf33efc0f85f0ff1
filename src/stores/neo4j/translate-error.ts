/** What the driver throws, in the words of the domain; anything it does not know is handed on as a bug of ours. */
import { isRetryableError, Neo4jError } from 'neo4j-driver'
import { CircuitQLError, Unavailable } from '../../domain/errors.js'

const OUT_OF_REACH = [
  'ServiceUnavailable',
  'SessionExpired',
  'Neo.ClientError.Security.Unauthorized',
  'Neo.ClientError.Security.AuthenticationRateLimit',
  'Neo.ClientError.Database.DatabaseNotFound',
  'Neo.ClientError.Transaction.TransactionTimedOut',
  'Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration',
]

export function translatedError(error: unknown, uri: string): unknown {
  if (error instanceof CircuitQLError || !(error instanceof Error)) return error
  const isOutOfReach =
    error instanceof Neo4jError
      ? OUT_OF_REACH.includes(error.code) || isRetryableError(error)
      : /acquisition timed out|Pool is closed|is closed/i.test(error.message)
  if (!isOutOfReach) return error
  const reason = error.message.split(/\.\s|\n/, 1)[0]!.replace(/[.\s]+$/, '')
  return new Unavailable(`the Neo4j server at ${uri} does not answer: ${reason}`, {
    hint: 'check that it runs, and CIRCUITQL_STORE, CIRCUITQL_NEO4J_USER and CIRCUITQL_NEO4J_PASSWORD',
    cause: error,
  })
}

/** Did a uniqueness constraint, or a relationship that another transaction made, stand in the way? */
export function isConstraintViolation(error: unknown): boolean {
  return error instanceof Neo4jError && error.code === 'Neo.ClientError.Schema.ConstraintValidationFailed'
}

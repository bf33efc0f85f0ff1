/** Time, handed in so that the same inputs give the same records in tests. */
export interface Clock {
  /** ISO 8601, UTC. */
  now(): string
  /** Milliseconds, monotonic. */
  elapsed(): number
}

/** Migration files and history in the format of neo4j-migrations; written by the stores' worker. */
export interface MigrationFile {
  /** `0001`, `007.1` … as the format defines. */
  readonly version: string
  readonly description: string
  /** File name, e.g. `V0001__Circuits.cypher`. */
  readonly source: string
  readonly checksum: string
  readonly statements: readonly string[]
}
export interface AppliedMigration {
  readonly version: string
  readonly description: string
  readonly source: string
  readonly checksum: string
  /** ISO 8601, UTC. */
  readonly at: string
}

/** Forward-only migrations of a store, in the neo4j-migrations format for both (neo4j-and-embedded.md §7). */
import type { AppliedMigration, MigrationFile } from '../../domain/migration-file.js'

export interface MigrationStatus {
  readonly applied: readonly AppliedMigration[]
  readonly pending: readonly MigrationFile[]
}

export interface Migrator {
  status(): Promise<MigrationStatus>
  /** Applies what is pending under the lock; gives back what it applied. BAD_MIGRATION when history and files differ. */
  up(): Promise<readonly AppliedMigration[]>
  /** Throws BAD_MIGRATION unless the applied list is a prefix of the files with the same checksums. */
  validate(): Promise<void>
  /** Removes a lock that a crash left behind; false when there was none. */
  unlock(): Promise<boolean>
}

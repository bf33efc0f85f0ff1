/** Migrations of the Neo4j store, forward only, one migrator at a time. */
import { randomUUID } from 'node:crypto'
import type { MigrationStatus, Migrator } from '../../application/ports/migrator.js'
import { CircuitQLError, Conflict, InvalidInput } from '../../domain/errors.js'
import {
  type AppliedMigration,
  executableStatements,
  type MigrationFile,
  validateHistory,
} from '../../domain/migration-file.js'
import { appendMigration, appliedMigrations, CHAIN_SCHEMA } from './migration-chain.js'
import { readMigrationFolder } from './migration-folder.js'
import { applicableMigrations } from './migration-preconditions.js'
import type { Neo4jDatabase } from './neo4j-database.js'
import { isConstraintViolation } from './translate-error.js'

const INDEX_LIMIT_S = 300
/** The name that neo4j-migrations gives its lock. */
export const LOCK_NAME = 'John Doe'

export interface Neo4jMigratorSettings {
  readonly migrationsDirectory: string
  /** Null: the history of the database itself. */
  readonly migrationTarget: string | null
  /** The user that the history names. */
  readonly user: string
}

export class Neo4jMigrator implements Migrator {
  readonly #db: Neo4jDatabase
  readonly #settings: Neo4jMigratorSettings

  /** Use `openNeo4jMigrator`. */
  constructor(db: Neo4jDatabase, settings: Neo4jMigratorSettings) {
    this.#db = db
    this.#settings = settings
  }

  async status(): Promise<MigrationStatus> {
    const files = await readMigrationFolder(this.#settings.migrationsDirectory)
    const applied = await appliedMigrations(this.#db, this.#settings.migrationTarget)
    return { applied, pending: validateHistory(applied, await applicableMigrations(this.#db, files)) }
  }

  async up(): Promise<readonly AppliedMigration[]> {
    if ((await this.status()).pending.length === 0) return []
    for (const text of CHAIN_SCHEMA) await this.#db.runAlone({ text, parameters: {} })
    const lock = await this.#lock()
    try {
      const { pending } = await this.status()
      const applied: AppliedMigration[] = []
      for (const file of pending) applied.push(await this.#apply(file))
      return applied
    } finally {
      await this.#db.write({
        text: 'MATCH (l:__Neo4jMigrationsLock {id: $lock}) DELETE l',
        parameters: { lock },
      })
    }
  }

  async validate(): Promise<void> {
    await this.status()
  }

  async unlock(): Promise<boolean> {
    const [row] = await this.#db.write({
      text: 'MATCH (l:__Neo4jMigrationsLock {name: $name}) DELETE l RETURN count(*) AS deleted',
      parameters: { name: this.#lockName() },
    })
    return Number(row!['deleted']) > 0
  }

  close(): Promise<void> {
    return this.#db.close()
  }

  async #lock(): Promise<string> {
    const id = randomUUID()
    try {
      await this.#db.write({
        text: 'CREATE (:__Neo4jMigrationsLock {id: $id, name: $name})',
        parameters: { id, name: this.#lockName() },
      })
      return id
    } catch (error) {
      if (!isConstraintViolation(error)) throw error
      throw new Conflict(`the migrations of ${this.#db.uri} are locked by another migrator`, {
        hint: 'wait for the other migrator; if it crashed, run circuitql migrate unlock',
        cause: error,
      })
    }
  }

  #lockName(): string {
    const { migrationTarget } = this.#settings
    return migrationTarget === null ? LOCK_NAME : `${LOCK_NAME} ${migrationTarget}`
  }

  /** Neo4j takes a change of schema and a change of data only in transactions apart, so a statement has its own. */
  async #apply(file: MigrationFile): Promise<AppliedMigration> {
    const start = performance.now()
    try {
      for (const text of executableStatements(file.statements)) {
        await this.#db.runAlone({ text, parameters: {} })
      }
      await this.#db.runAlone({
        text: `CALL db.awaitIndexes(${INDEX_LIMIT_S})`,
        parameters: {},
      })
    } catch (error) {
      if (error instanceof CircuitQLError) throw error
      const reason = (error as Error).message.split('\n', 1)[0]
      throw new InvalidInput('BAD_MIGRATION', `the migration ${file.source} failed: ${reason}`, {
        path: file.source,
        cause: error,
      })
    }
    const { migrationTarget, user } = this.#settings
    return appendMigration(this.#db, migrationTarget, file, performance.now() - start, user)
  }
}

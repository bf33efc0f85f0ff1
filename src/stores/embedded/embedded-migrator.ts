/**
 * Migrations of the embedded store. The history table mirrors the chain of neo4j-migrations (version, description,
 * type, source, checksum, at, in, by); each file runs in one transaction with its line of history.
 */
import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import type { MigrationStatus, Migrator } from '../../application/ports/migrator.js'
import { CircuitQLError, Conflict, InvalidInput } from '../../domain/errors.js'
import {
  type AppliedMigration,
  executableStatements,
  type MigrationFile,
  validateHistory,
} from '../../domain/migration-file.js'
import { type Database, messageOf, sqliteCode } from './database.js'
import { readMigrationFolder } from './migration-folder.js'

const HISTORY = `
  CREATE TABLE IF NOT EXISTS migration (
    position INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE, description TEXT NOT NULL, type TEXT NOT NULL,
    source TEXT NOT NULL, checksum TEXT NOT NULL, at TEXT NOT NULL, in_ms INTEGER NOT NULL, by TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS migration_lock (name TEXT PRIMARY KEY, id TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL) STRICT;`
const LOCK_NAME = 'migrations'

export class EmbeddedMigrator implements Migrator {
  readonly #db: Database
  readonly #directory: string

  /** Use `openEmbeddedMigrator`. */
  constructor(db: Database, migrationsDirectory: string) {
    this.#db = db
    this.#directory = migrationsDirectory
  }

  async status(): Promise<MigrationStatus> {
    const files = await readMigrationFolder(this.#directory)
    const applied = await this.#applied()
    return { applied, pending: validateHistory(applied, files) }
  }

  async up(): Promise<readonly AppliedMigration[]> {
    if ((await this.status()).pending.length === 0) return []
    const lock = await this.#lock()
    try {
      const { applied, pending } = await this.status()
      for (const file of pending) await this.#apply(file)
      return (await this.#applied()).slice(applied.length)
    } finally {
      await this.#db.write(() => this.#db.sql('DELETE FROM migration_lock WHERE id = ?').run(lock))
    }
  }

  async validate(): Promise<void> {
    await this.status()
  }

  unlock(): Promise<boolean> {
    return this.#db.write(() => {
      this.#db.exec(HISTORY)
      return Number(this.#db.sql('DELETE FROM migration_lock').run().changes) > 0
    })
  }

  async close(): Promise<void> {
    this.#db.close()
  }

  #applied(): Promise<AppliedMigration[]> {
    return this.#db.read(() => {
      const isThere =
        this.#db.sql(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'`).get() !==
        undefined
      if (!isThere) return []
      const rows = this.#db
        .sql('SELECT version, description, source, checksum, at FROM migration ORDER BY position')
        .all()
      return rows.map(({ version, description, source, checksum, at }) => ({
        version: String(version),
        description: String(description),
        source: String(source),
        checksum: String(checksum),
        at: String(at),
      }))
    })
  }

  #lock(): Promise<string> {
    const id = randomUUID()
    return this.#db.write(() => {
      this.#db.exec(HISTORY)
      const insert = this.#db.sql(
        'INSERT OR IGNORE INTO migration_lock (name, id, by, at) VALUES (?, ?, ?, ?)',
      )
      if (insert.run(LOCK_NAME, id, userName(), new Date().toISOString()).changes === 1) return id
      const holder = this.#db.sql('SELECT by, at FROM migration_lock').get()
      throw new Conflict(
        `the migrations are locked since ${String(holder?.['at'])} by ${String(holder?.['by'])}`,
        {
          hint: 'wait for the other migrator; if it crashed, run circuitql migrate unlock',
        },
      )
    })
  }

  async #apply(file: MigrationFile): Promise<void> {
    const start = performance.now()
    try {
      await this.#db.write(() => {
        for (const statement of executableStatements(file.statements)) this.#db.exec(statement)
        this.#db
          .sql(
            `INSERT INTO migration (position, version, description, type, source, checksum, at, in_ms, by)
             VALUES ((SELECT count(*) + 1 FROM migration), ?, ?, 'SQL', ?, ?, ?, ?, ?)`,
          )
          .run(
            file.version,
            file.description,
            file.source,
            file.checksum,
            new Date().toISOString(),
            Math.round(performance.now() - start),
            userName(),
          )
      })
    } catch (error) {
      if (error instanceof CircuitQLError || sqliteCode(error) === null) throw error
      throw new InvalidInput('BAD_MIGRATION', `the migration ${file.source} failed: ${messageOf(error)}`, {
        path: file.source,
        cause: error,
      })
    }
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a user id that has no name.
    return 'unknown'
  }
}

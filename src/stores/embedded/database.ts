/**
 * One connection to the database file. Transactions are synchronous closures, so none is ever open across an `await`;
 * when another process holds the write lock, waiting happens outside SQLite, so that the event loop stays free.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { CircuitQLError, Unavailable } from '../../domain/errors.js'
import { loadSqlite, type SqliteConnection, type SqliteStatement } from './sqlite.js'

/** Keeps everything in memory, for this connection alone. */
export const IN_MEMORY = ':memory:'

const PATIENCE_MS = 30_000
/** SQLite itself waits (and blocks) at most this long for a lock. */
const BLOCKING_WAIT_MS = 5
const BUSY = 5
const LOCKED = 6
/** ERROR (wrong SQL), CONSTRAINT, MISMATCH, MISUSE and RANGE: our mistakes, whatever the disk does. */
const OUR_MISTAKES: readonly number[] = [1, 19, 20, 21, 25]

export class Database {
  readonly #connection: SqliteConnection
  readonly #statements = new Map<string, SqliteStatement>()
  /** Engine and version, e.g. `SQLite 3.53.0 (node:sqlite)`. */
  readonly engine: string
  #open = true

  constructor(connection: SqliteConnection, moduleName: string) {
    this.#connection = connection
    this.engine = `SQLite ${String(connection.prepare('SELECT sqlite_version() AS version').get()!['version'])} (${moduleName})`
  }

  /** A prepared statement, kept for the next use; for SQL whose text is fixed. */
  sql(text: string): SqliteStatement {
    const known = this.#statements.get(text)
    if (known !== undefined) return known
    const statement = this.#connection.prepare(text)
    this.#statements.set(text, statement)
    return statement
  }

  /** A prepared statement for SQL that was put together for one question. */
  prepare(text: string): SqliteStatement {
    return this.#connection.prepare(text)
  }

  exec(text: string): void {
    this.#connection.exec(text)
  }

  /** Runs `body` on one unchanging view of the data. */
  read<T>(body: () => T): Promise<T> {
    return this.#transaction('BEGIN', body)
  }

  /** Runs `body` as the only writer: all of it happens, or nothing. It runs again when the lock was not to be had. */
  write<T>(body: () => T): Promise<T> {
    return this.#transaction('BEGIN IMMEDIATE', body)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#statements.clear()
    this.#connection.close()
  }

  async #transaction<T>(begin: string, body: () => T): Promise<T> {
    const start = performance.now()
    for (let wait = 1; ; wait = Math.min(50, wait * 2)) {
      if (!this.#open) throw new Unavailable('the embedded store is closed')
      try {
        return this.#attempt(begin, body)
      } catch (error) {
        if (!isBusy(error)) throw translated(error)
        if (performance.now() - start > PATIENCE_MS) {
          throw new Unavailable(
            `the embedded store was locked by another process for ${PATIENCE_MS / 1_000} seconds`,
            { cause: error },
          )
        }
      }
      await pause(wait * (0.5 + Math.random()))
    }
  }

  #attempt<T>(begin: string, body: () => T): T {
    this.#connection.exec(begin)
    try {
      const result = body()
      this.#connection.exec('COMMIT')
      return result
    } catch (error) {
      try {
        this.#connection.exec('ROLLBACK')
      } catch {
        // SQLite has rolled back by itself (disk full, I/O error); the first error is the one to tell.
      }
      throw error
    }
  }
}

/** Opens (and makes) the database file in `directory`; `:memory:` keeps it in memory. Throws UNAVAILABLE. */
export async function openDatabase(directory: string): Promise<Database> {
  const inMemory = directory === IN_MEMORY
  try {
    if (!inMemory) mkdirSync(directory, { recursive: true })
    const sqlite = await loadSqlite(inMemory ? null : directory)
    const connection = sqlite.connect(inMemory ? IN_MEMORY : join(directory, 'circuitql.sqlite'))
    // Switching to WAL needs the file for itself for a moment; another process may be doing the same.
    connection.exec('PRAGMA busy_timeout = 10000')
    connection.exec('PRAGMA journal_mode = WAL')
    connection.exec(
      `PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32768; PRAGMA busy_timeout = ${BLOCKING_WAIT_MS}`,
    )
    return new Database(connection, sqlite.name)
  } catch (error) {
    if (error instanceof CircuitQLError) throw error
    throw new Unavailable(`the embedded store at ${directory} cannot be opened: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function isBusy(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === BUSY || code === LOCKED
}

/** Trouble of the engine (disk, damage, lock) becomes UNAVAILABLE; a broken rule of ours stays the bug it is. */
function translated(error: unknown): unknown {
  const code = sqliteCode(error)
  if (code === null || OUR_MISTAKES.includes(code)) return error
  return new Unavailable(`the embedded store does not answer: ${messageOf(error)}`, { cause: error })
}

/** SQLite's primary result code, or null for errors of another kind. */
export function sqliteCode(error: unknown): number | null {
  // Asked for by its fields: the native module may belong to another realm, whose Error is not ours.
  if (
    typeof error !== 'object' ||
    error === null ||
    !('errcode' in error) ||
    typeof error.errcode !== 'number'
  )
    return null
  return error.errcode & 0xff
}

export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error)
}

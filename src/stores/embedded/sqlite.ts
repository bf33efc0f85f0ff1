/**
 * SQLite through one small door: the built-in `node:sqlite` where Node has it, else `@photostructure/sqlite`, which
 * has the same interface. Nothing else in the project knows which one it is.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { survivesSelfTest } from './sqlite-self-test.js'

/** Text that a person wrote is bound as bytes, see `stored-text.ts`. */
export type SqlValue = string | number | Uint8Array | null
export type SqlRow = Readonly<Record<string, SqlValue>>

export interface SqliteStatement {
  run(...values: readonly SqlValue[]): {
    readonly changes: number | bigint
    readonly lastInsertRowid: number | bigint
  }
  get(...values: readonly SqlValue[]): SqlRow | undefined
  all(...values: readonly SqlValue[]): SqlRow[]
}

export interface SqliteConnection {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}

export interface Sqlite {
  /** Which module it is, e.g. `node:sqlite`. */
  readonly name: string
  connect(path: string): SqliteConnection
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string) => SqliteConnection
}

const PACKAGE = '@photostructure/sqlite'

/**
 * Loads SQLite. The native package is first tried in a child process, once per version and data directory, because a
 * native module that crashes takes its whole process with it; throws UNAVAILABLE when it does.
 */
export async function loadSqlite(directory: string | null): Promise<Sqlite> {
  const builtIn = process.getBuiltinModule?.('node:sqlite') as SqliteModule | undefined
  if (builtIn !== undefined) return { name: 'node:sqlite', connect: (path) => new builtIn.DatabaseSync(path) }
  const require = createRequire(import.meta.url)
  const { version } = require('@photostructure/sqlite/package.json') as { version: string }
  const stamp =
    directory === null
      ? null
      : join(
          directory,
          `.sqlite-${version}-node-${process.versions.node}-${process.platform}-${process.arch}`,
        )
  if (stamp === null || !existsSync(stamp)) {
    await survivesSelfTest(require.resolve('@photostructure/sqlite'), `${PACKAGE} ${version}`)
    if (stamp !== null) writeFileSync(stamp, 'passed its self-test\n')
  }
  const native = (await import('@photostructure/sqlite')) as unknown as SqliteModule
  return { name: `${PACKAGE} ${version}`, connect: (path) => new native.DatabaseSync(path) }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/stores/embedded/database.js'
import { openEmbeddedMigrator, openEmbeddedStore } from '../../src/stores/embedded/open-embedded.js'
import { spawnTypeScript } from '../support/typescript-child.js'
import { describeCircuitStore, type StorePlace } from './circuit-store.js'

const MIGRATIONS = join(__dirname, '../../migrations/embedded')

describeCircuitStore({ name: 'the embedded store', newPlace })

async function newPlace({ migrated }: { readonly migrated: boolean }): Promise<StorePlace> {
  const directory = await mkdtemp(join(tmpdir(), 'circuitql-embedded-'))
  const openMigrator: StorePlace['openMigrator'] = async (migrationsDirectory = MIGRATIONS) => {
    const migrator = await openEmbeddedMigrator({ directory, migrationsDirectory })
    return { migrator, close: () => migrator.close() }
  }
  if (migrated) {
    const { migrator, close } = await openMigrator()
    await migrator.up()
    await close()
  }
  return {
    open: () => openEmbeddedStore({ directory, migrationsDirectory: MIGRATIONS }),
    openMigrator,
    migrationsDirectory: MIGRATIONS,
    migrationExtension: 'sql',
    leaveMigrationLock: () => leaveMigrationLock(directory),
    spawnImporter: (firstSeed) =>
      spawnTypeScript(join(__dirname, '../support/embedded-importer.ts'), [
        directory,
        MIGRATIONS,
        String(firstSeed),
      ]),
    countLeftovers: (id) => countLeftovers(directory, id),
    destroy: () => rm(directory, { recursive: true, force: true }),
  }
}

async function leaveMigrationLock(directory: string): Promise<void> {
  const db = await openDatabase(directory)
  db.exec(`CREATE TABLE IF NOT EXISTS migration_lock (name TEXT PRIMARY KEY, id TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL) STRICT;
    INSERT INTO migration_lock VALUES ('migrations', 'left behind', 'a migrator that crashed', '2026-11-01T00:00:00Z')`)
  db.close()
}

/** Rows that name the id, and payload rows that belong to nothing. */
async function countLeftovers(directory: string, id: string): Promise<number> {
  const db = await openDatabase(directory)
  const count = (sql: string): number => Number(db.prepare(`SELECT count(*) AS n FROM ${sql}`).get()!['n'])
  const owned =
    '(SELECT payload_id FROM circuit UNION SELECT residue_id FROM import UNION SELECT values_id FROM score_set)'
  const counts = [
    count(`circuit WHERE id = '${id}'`),
    count(`model WHERE id = '${id}'`),
    count(`name WHERE subject_id = '${id}'`),
    count(`import WHERE subject_id = '${id}'`),
    count(`score_set WHERE circuit_id = '${id}'`),
    count(`annotation WHERE circuit_id = '${id}'`),
    count(`subcircuit WHERE root_id = '${id}'`),
    count(
      `payload WHERE state <> 'ready' OR id NOT IN (SELECT * FROM ${owned} WHERE payload_id IS NOT NULL)`,
    ),
    count('payload_chunk WHERE payload_id NOT IN (SELECT id FROM payload)'),
    count('node WHERE payload_id NOT IN (SELECT id FROM payload)'),
  ]
  db.close()
  return counts.reduce((sum, n) => sum + n, 0)
}

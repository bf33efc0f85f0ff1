/** Opens the embedded store and its migrator. `directory` is made when it is missing; `:memory:` keeps nothing. */
import { InvalidInput } from '../../domain/errors.js'
import { IN_MEMORY, openDatabase } from './database.js'
import { EmbeddedMigrator } from './embedded-migrator.js'
import { EmbeddedCircuitStore } from './embedded-store.js'
import { Payloads } from './payloads.js'

export interface EmbeddedOptions {
  readonly directory: string
  readonly migrationsDirectory: string
}

/**
 * Throws MIGRATION_NEEDED when migrations are pending, BAD_MIGRATION when history and files differ, UNAVAILABLE when
 * the file cannot be opened. Erases what imports of dead processes left behind. A store in memory migrates itself.
 */
export async function openEmbeddedStore({
  directory,
  migrationsDirectory,
}: EmbeddedOptions): Promise<EmbeddedCircuitStore> {
  const db = await openDatabase(directory)
  try {
    const migrator = new EmbeddedMigrator(db, migrationsDirectory)
    if (directory === IN_MEMORY) await migrator.up()
    const { applied, pending } = await migrator.status()
    if (pending.length > 0) {
      throw new InvalidInput(
        'MIGRATION_NEEDED',
        `the embedded store at ${directory} lacks the migration ${pending[0]!.source}`,
        { hint: 'run circuitql migrate up' },
      )
    }
    const payloads = new Payloads(db)
    await payloads.sweep()
    return new EmbeddedCircuitStore(db, payloads, applied.at(-1)!.version)
  } catch (error) {
    db.close()
    throw error
  }
}

/** The caller closes it. Throws UNAVAILABLE when the file cannot be opened. */
export async function openEmbeddedMigrator({
  directory,
  migrationsDirectory,
}: EmbeddedOptions): Promise<EmbeddedMigrator> {
  return new EmbeddedMigrator(await openDatabase(directory), migrationsDirectory)
}

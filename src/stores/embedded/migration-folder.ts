/** The migrations of this store, read from their folder. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidInput } from '../../domain/errors.js'
import { inVersionOrder, type MigrationFile, readMigration } from '../../domain/migration-file.js'

/** In version order; throws BAD_MIGRATION for a wrong name, a repeated version, a repeatable file or an empty folder. */
export async function readMigrationFolder(directory: string): Promise<MigrationFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql'))
  const files = inVersionOrder(
    await Promise.all(
      names.map(async (name) => readMigration(name, await readFile(join(directory, name), 'utf8'))),
    ),
  )
  const repeatable = files.find((file) => file.repeatable)
  if (repeatable !== undefined)
    throw new InvalidInput(
      'BAD_MIGRATION',
      `${repeatable.source} is repeatable; migrations of this store run once`,
    )
  if (files.length === 0)
    throw new InvalidInput('BAD_MIGRATION', `${JSON.stringify(directory)} holds no migrations (V….sql)`)
  return files
}

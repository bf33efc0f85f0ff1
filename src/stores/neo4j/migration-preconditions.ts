/** Do the preconditions of a migration file hold on this server? An unmet `assume` leaves the file out. */
import { InvalidInput } from '../../domain/errors.js'
import { compareVersions, type MigrationFile } from '../../domain/migration-file.js'
import type { Precondition } from '../../domain/migration-precondition.js'
import type { Neo4jDatabase } from './neo4j-database.js'
import { type ServerEngine, serverEngine } from './server-engine.js'

/** The files that are meant for this server; throws BAD_MIGRATION naming the first unmet `assert`. */
export async function applicableMigrations(
  db: Neo4jDatabase,
  files: readonly MigrationFile[],
): Promise<MigrationFile[]> {
  if (files.every(({ preconditions }) => preconditions.length === 0)) return [...files]
  const engine = await serverEngine(db)
  const applicable: MigrationFile[] = []
  for (const file of files) {
    if (await isMeant(db, engine, file)) applicable.push(file)
  }
  return applicable
}

async function isMeant(db: Neo4jDatabase, engine: ServerEngine, file: MigrationFile): Promise<boolean> {
  let isApplicable = true
  for (const precondition of file.preconditions) {
    if (await holds(db, engine, precondition)) continue
    if (precondition.level === 'assert') {
      throw new InvalidInput(
        'BAD_MIGRATION',
        `the migration ${file.source} asserts a ${precondition.kind} that Neo4j ${engine.version} ${engine.edition} does not have`,
        { path: file.source },
      )
    }
    isApplicable = false
  }
  return isApplicable
}

async function holds(db: Neo4jDatabase, engine: ServerEngine, precondition: Precondition): Promise<boolean> {
  switch (precondition.kind) {
    case 'edition':
      return precondition.edition === engine.edition
    case 'version': {
      const version = /^\d+(?:\.\d+)*/.exec(engine.version)?.[0] ?? '0'
      const [bound] = precondition.versions
      if (precondition.relation === 'lt') return compareVersions(version, bound!) < 0
      if (precondition.relation === 'ge') return compareVersions(version, bound!) >= 0
      return precondition.versions.some((one) => version === one || version.startsWith(`${one}.`))
    }
    case 'query': {
      const rows = await db.read({ text: precondition.query, parameters: {} })
      return rows.length === 1 && Object.values(rows[0]!)[0] === true
    }
    default:
      return precondition satisfies never
  }
}

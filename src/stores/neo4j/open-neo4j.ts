/** Opens the Neo4j store and its migrator. */
import { randomUUID } from 'node:crypto'
import { InvalidInput } from '../../domain/errors.js'
import { Neo4jCircuitStore } from './neo4j-circuit-store.js'
import { type Neo4jConnection, Neo4jDatabase } from './neo4j-database.js'
import { Neo4jMigrator } from './neo4j-migrator.js'
import { sweepLoads } from './sweep-loads.js'

export interface Neo4jMigrationOptions extends Neo4jConnection {
  readonly migrationsDirectory: string
  /** Null (default): the history of the database itself. */
  readonly migrationTarget?: string | null
}

export interface Neo4jOptions extends Neo4jMigrationOptions {
  /** Keeps catalogues in one database apart; null or missing: `default`. */
  readonly namespace?: string | null
  /** Edges of one circuit that become relationships; default 250,000. */
  readonly relationshipLimit?: number
}

const RELATIONSHIP_LIMIT = 250_000

/**
 * Throws UNAVAILABLE when the server does not answer, MIGRATION_NEEDED when migrations are pending, BAD_MIGRATION when
 * history and files differ. Erases what imports of dead processes left behind.
 */
export async function openNeo4jStore(options: Neo4jOptions): Promise<Neo4jCircuitStore> {
  return openStoreOn(new Neo4jDatabase(options), options)
}

/** On a database that the caller has made; the store closes it, also when it cannot be opened. */
export async function openStoreOn(db: Neo4jDatabase, options: Neo4jOptions): Promise<Neo4jCircuitStore> {
  try {
    await db.ping()
    const { applied, pending } = await migratorOn(db, options).status()
    if (pending.length > 0) {
      throw new InvalidInput(
        'MIGRATION_NEEDED',
        `the Neo4j store at ${options.uri} lacks the migration ${pending[0]!.source}`,
        { hint: 'run circuitql migrate up' },
      )
    }
    const namespace = options.namespace ?? 'default'
    await sweepLoads(db, namespace, randomUUID())
    return new Neo4jCircuitStore(db, {
      namespace,
      relationshipLimit: options.relationshipLimit ?? RELATIONSHIP_LIMIT,
      schemaVersion: applied.at(-1)?.version ?? '0',
    })
  } catch (error) {
    await db.close()
    throw error
  }
}

/** The caller closes it. Throws UNAVAILABLE when the server does not answer. */
export async function openNeo4jMigrator(options: Neo4jMigrationOptions): Promise<Neo4jMigrator> {
  const db = new Neo4jDatabase(options)
  try {
    await db.ping()
    return migratorOn(db, options)
  } catch (error) {
    await db.close()
    throw error
  }
}

function migratorOn(db: Neo4jDatabase, options: Neo4jMigrationOptions): Neo4jMigrator {
  return new Neo4jMigrator(db, {
    migrationsDirectory: options.migrationsDirectory,
    migrationTarget: options.migrationTarget ?? null,
    user: options.user,
  })
}

/**
 * The history that neo4j-migrations keeps in the database, written as that tool writes it, so that
 * `neo4j-migrations validate` accepts it: a linear chain from a BASELINE node, one MIGRATED_TO per applied file.
 * A migration target stands for the history of another database kept in this one; null is this database's own.
 */
import { userInfo } from 'node:os'
import type { AppliedMigration, MigrationFile } from '../../domain/migration-file.js'
import { integer, type Neo4jDatabase } from './neo4j-database.js'

export const CHAIN_SCHEMA = [
  `CREATE CONSTRAINT unique_version___Neo4jMigration IF NOT EXISTS
   FOR (m:__Neo4jMigration) REQUIRE (m.version, m.migrationTarget) IS UNIQUE`,
  'CREATE INDEX repeated_at__Neo4jMigration IF NOT EXISTS FOR ()-[r:REPEATED]-() ON (r.at)',
  `CREATE CONSTRAINT __Neo4jMigrationsLock__has_unique_id IF NOT EXISTS
   FOR (l:__Neo4jMigrationsLock) REQUIRE l.id IS UNIQUE`,
  `CREATE CONSTRAINT __Neo4jMigrationsLock__has_unique_name IF NOT EXISTS
   FOR (l:__Neo4jMigrationsLock) REQUIRE l.name IS UNIQUE`,
]

const OF_TARGET =
  '(CASE WHEN $target IS NULL THEN b.migrationTarget IS NULL ELSE b.migrationTarget = $target END)'

const APPLIED = `
MATCH (b:__Neo4jMigration {version: 'BASELINE'})
WHERE ${OF_TARGET}
MATCH path = (b)-[:MIGRATED_TO*]->(m:__Neo4jMigration)
WITH m, last(relationships(path)) AS step, length(path) AS place
ORDER BY place
RETURN m.version AS version, m.description AS description, m.source AS source, m.checksum AS checksum,
       step.at.epochMillis AS at`

const BASELINE = {
  own: `
OPTIONAL MATCH (b:__Neo4jMigration {version: 'BASELINE'})
WHERE b.migrationTarget IS NULL
WITH count(b) AS found
WHERE found = 0
CREATE (:__Neo4jMigration {version: 'BASELINE'})`,
  target: "MERGE (:__Neo4jMigration {version: 'BASELINE', migrationTarget: $target})",
} as const

const APPEND = `
MATCH (b:__Neo4jMigration {version: 'BASELINE'})
WHERE ${OF_TARGET}
MATCH (b)-[:MIGRATED_TO*0..]->(tail:__Neo4jMigration)
WHERE NOT EXISTS { (tail)-[:MIGRATED_TO]->() }
WITH tail
CREATE (m:__Neo4jMigration {version: $version, description: $description, type: 'CYPHER', repeatable: false,
  source: $source, checksum: $checksum, migrationTarget: $target})
CREATE (tail)-[step:MIGRATED_TO {at: datetime({timezone: 'UTC'}), in: duration({milliseconds: $elapsed}), by: $by,
  connectedAs: $connectedAs}]->(m)
RETURN step.at.epochMillis AS at`

export async function appliedMigrations(
  db: Neo4jDatabase,
  target: string | null,
): Promise<AppliedMigration[]> {
  const rows = await db.read({ text: APPLIED, parameters: { target } })
  return rows.map((row) => ({
    version: String(row['version']),
    description: String(row['description']),
    source: String(row['source']),
    checksum: String(row['checksum']),
    at: instant(row['at']),
  }))
}

/** Adds a file to the end of the chain; makes the chain's BASELINE when there is none. */
export async function appendMigration(
  db: Neo4jDatabase,
  target: string | null,
  { version, description, source, checksum }: MigrationFile,
  elapsedMs: number,
  connectedAs: string,
): Promise<AppliedMigration> {
  const at = await db.transaction(async (run) => {
    await run(target === null ? BASELINE.own : BASELINE.target, { target })
    const [row] = await run(APPEND, {
      target,
      version,
      description,
      source,
      checksum,
      elapsed: integer(Math.round(elapsedMs)),
      by: userName(),
      connectedAs,
    })
    return instant(row!['at'])
  })
  return { version, description, source, checksum, at }
}

function instant(epochMillis: unknown): string {
  return new Date(Number(epochMillis)).toISOString()
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a user id that has no name.
    return 'unknown'
  }
}

/**
 * A catalogue of its own for one suite on a shared Neo4j: a random namespace, and as its migration history a random
 * migration target, so that nothing of another user is read or changed. `destroy` deletes what carries these names.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Neo4jDatabase } from '../../src/stores/neo4j/neo4j-database.js'
import { LOCK_NAME } from '../../src/stores/neo4j/neo4j-migrator.js'
import { type Neo4jOptions, openNeo4jMigrator } from '../../src/stores/neo4j/open-neo4j.js'
import type { Neo4jForTests } from './with-neo4j.js'

export const NEO4J_MIGRATIONS = join(__dirname, '../../migrations/neo4j')

export interface Neo4jPlace {
  readonly namespace: string
  readonly options: Neo4jOptions
  /** For statements of a test's own. The place closes it. */
  readonly db: Neo4jDatabase
  destroy(): Promise<void>
}

/** Labels of all that the store writes, with the properties that may name a circuit or model. */
const LABELS = [
  ['Circuit', 'id'],
  ['CircuitNode', 'circuitId'],
  ['CircuitPayload', 'circuitId'],
  ['ImportResidue', 'circuitId'],
  ['Import', 'subjectId'],
  ['ScoreSet', 'circuitId'],
  ['Annotation', 'circuitId'],
  ['SparseModel', 'id'],
  ['Name', 'subjectId'],
  ['Subcircuit', 'rootId'],
] as const

export async function newNeo4jPlace(
  { uri, user, password }: Neo4jForTests,
  { migrated }: { readonly migrated: boolean },
): Promise<Neo4jPlace> {
  const namespace = `test_${randomBytes(8).toString('hex')}`
  const options: Neo4jOptions = {
    uri,
    user,
    password,
    database: null,
    namespace,
    migrationTarget: namespace,
    migrationsDirectory: NEO4J_MIGRATIONS,
  }
  const db = new Neo4jDatabase(options)
  if (migrated) {
    const migrator = await openNeo4jMigrator(options)
    await migrator.up()
    await migrator.close()
  }
  return {
    namespace,
    options,
    db,
    destroy: async () => {
      await deleteNamespace(db, namespace)
      await db.close()
    },
  }
}

/** How many nodes still speak of a circuit or model, and components that no circuit uses. */
export async function countLeftovers({ db, namespace }: Neo4jPlace, id: string): Promise<number> {
  const counts = await Promise.all([
    ...LABELS.map(([label, property]) =>
      count(db, `MATCH (x:${label} {ns: $ns}) WHERE x.${property} = $id RETURN count(x) AS n`, {
        ns: namespace,
        id,
      }),
    ),
    count(db, 'MATCH (k:Component {ns: $ns}) WHERE NOT (k)<-[:OF]-() RETURN count(k) AS n', {
      ns: namespace,
    }),
  ])
  return counts.reduce((sum, n) => sum + n, 0)
}

export function leaveMigrationLock({ db, namespace }: Neo4jPlace): Promise<unknown> {
  return db.write({
    text: 'CREATE (:__Neo4jMigrationsLock {id: randomUUID(), name: $name})',
    parameters: { name: `${LOCK_NAME} ${namespace}` },
  })
}

async function deleteNamespace(db: Neo4jDatabase, ns: string): Promise<void> {
  for (const label of [...LABELS.map(([name]) => name), 'Component']) {
    const text = `MATCH (x:${label} {ns: $ns}) WITH x LIMIT 500 DETACH DELETE x RETURN count(*) AS n`
    while ((await count(db, text, { ns })) > 0);
  }
  await db.write({
    text: 'MATCH (m:__Neo4jMigration {migrationTarget: $ns}) DETACH DELETE m',
    parameters: { ns },
  })
  await db.write({
    text: 'MATCH (l:__Neo4jMigrationsLock {name: $name}) DELETE l',
    parameters: { name: `${LOCK_NAME} ${ns}` },
  })
}

async function count(
  db: Neo4jDatabase,
  text: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<number> {
  const [row] = await db.write({ text, parameters })
  return Number(row!['n'])
}

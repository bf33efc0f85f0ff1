/** Imported tasks: one node each; their examples lie in the artefact store. */
import { canonicalJson } from '../../domain/canonical-json.js'
import { Conflict } from '../../domain/errors.js'
import { sha256Hex } from '../../domain/sha256.js'
import type { TaskRecord } from '../../domain/task.js'
import type { Neo4jDatabase } from './neo4j-database.js'

// The key holds name and version, so that two writers of one version meet at the constraint.
const PUT = `
MERGE (t:Task {ns: $ns, key: $key})
  ON CREATE SET t.id = $id, t.name = $name, t.version = $version, t.facts = $facts, t.createdBy = $token
RETURN t.id AS id, t.createdBy = $token AS created`

const ALL = 'MATCH (t:Task {ns: $ns}) RETURN t.facts AS facts ORDER BY t.id'

const DELETE = `
MATCH (t:Task {ns: $ns, id: $id})
WITH t, t.id AS id
DELETE t
RETURN id`

export async function putTask(
  db: Neo4jDatabase,
  ns: string,
  record: TaskRecord,
  token: string,
): Promise<{ readonly created: boolean }> {
  const { id, name, version } = record
  const key = sha256Hex(canonicalJson([name, version]))
  const [row] = await db.write({
    text: PUT,
    parameters: { ns, id, key, name, version, token, facts: JSON.stringify(record) },
  })
  if (row!['id'] !== id)
    throw new Conflict(`there is another task ${name} of version ${version}: ${String(row!['id'])}`, {
      hint: 'give the file a higher version, or delete the other task first',
    })
  return { created: row!['created'] === true }
}

export async function tasks(db: Neo4jDatabase, ns: string): Promise<readonly TaskRecord[]> {
  const rows = await db.read({ text: ALL, parameters: { ns } })
  return rows.map((row) => JSON.parse(String(row['facts'])) as TaskRecord)
}

export async function deleteTask(db: Neo4jDatabase, ns: string, id: string): Promise<boolean> {
  return (await db.write({ text: DELETE, parameters: { ns, id } })).length > 0
}

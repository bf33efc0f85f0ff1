/** Removes what processes that died left behind: loads whose lease ran out, deletions that were not finished. */
import { eraseCircuit } from './erase-circuit.js'
import type { Neo4jDatabase } from './neo4j-database.js'

const UNFINISHED = `
MATCH (c:Circuit {ns: $ns})
WHERE c.state IN ['loading', 'deleting']
RETURN c.id AS id`

export async function sweepLoads(db: Neo4jDatabase, ns: string, token: string): Promise<void> {
  const rows = await db.read({ text: UNFINISHED, parameters: { ns } })
  for (const row of rows) await eraseCircuit(db, ns, String(row['id']), token, ['stale', 'deleting'])
}

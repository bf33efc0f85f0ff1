/** The expressions of subcircuits, kept beside the circuit or model that they are derived from. */
import type { SubcircuitRecord } from '../../application/ports/circuit-store.js'
import { NotFound } from '../../domain/errors.js'
import type { Neo4jDatabase } from './neo4j-database.js'

const PUT = {
  circuit: `
MATCH (s:Circuit {ns: $ns, id: $rootId})
SET s.lockedBy = $token
WITH s
WHERE s.state = 'ready'
MERGE (sub:Subcircuit {ns: $ns, id: $id})
  ON CREATE SET sub.rootType = 'circuit', sub.rootId = $rootId, sub.expression = $expression
MERGE (s)-[:HAS_SUBCIRCUIT]->(sub)
RETURN sub.id AS id`,
  model: `
MATCH (s:SparseModel {ns: $ns, id: $rootId})
SET s.lockedBy = $token
WITH s
MERGE (sub:Subcircuit {ns: $ns, id: $id})
  ON CREATE SET sub.rootType = 'model', sub.rootId = $rootId, sub.expression = $expression
MERGE (s)-[:HAS_SUBCIRCUIT]->(sub)
RETURN sub.id AS id`,
} as const

const BY_ID = `
MATCH (sub:Subcircuit {ns: $ns, id: $id})<-[:HAS_SUBCIRCUIT]-(root)
WHERE root.state = 'ready'
RETURN sub.rootType AS rootType, sub.rootId AS rootId, sub.expression AS expression`

/** Idempotent. Throws NOT_FOUND when the root is not in the store. */
export async function putSubcircuit(
  db: Neo4jDatabase,
  ns: string,
  { id, rootType, rootId, expression }: SubcircuitRecord,
  token: string,
): Promise<void> {
  const parameters = { ns, id, rootId, token, expression: JSON.stringify(expression) }
  const rows = await db.write({ text: PUT[rootType], parameters })
  if (rows.length === 0) {
    throw new NotFound(
      `the subcircuit ${id} is derived from the ${rootType} ${rootId}, which is not in the store`,
    )
  }
}

export async function subcircuit(
  db: Neo4jDatabase,
  ns: string,
  id: string,
): Promise<SubcircuitRecord | null> {
  const [row] = await db.read({ text: BY_ID, parameters: { ns, id } })
  if (row === undefined) return null
  return {
    id,
    rootType: row['rootType'] === 'circuit' ? 'circuit' : 'model',
    rootId: String(row['rootId']),
    expression: JSON.parse(String(row['expression'])) as string,
  }
}

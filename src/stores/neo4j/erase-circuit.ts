/**
 * Removes all that belongs to a circuit in transactions of bounded size. Anyone may go on with an erasure that another
 * process began: each transaction holds the circuit's lock and removes what it finds.
 */
import { lockCircuit, markDeleting } from './circuit-state.js'
import { integer, type Neo4jDatabase, type RunInTransaction } from './neo4j-database.js'
import { isConstraintViolation } from './translate-error.js'

const EDGES_AT_ONCE = 20_000
const NODES_AT_ONCE = 2_000
const CHUNKS_AT_ONCE = 8

const DELETE_EDGES = `
MATCH (:Circuit {ns: $ns, id: $id})-[:HAS_NODE]->(:CircuitNode)-[e:EDGE]->()
WITH e LIMIT $limit
DELETE e
RETURN count(*) AS deleted`

const DELETE_NODES = `
MATCH (:Circuit {ns: $ns, id: $id})-[:HAS_NODE]->(n:CircuitNode)
WITH n LIMIT $limit
OPTIONAL MATCH (n)-[:OF]->(k:Component)
WITH n, k.key AS key
DETACH DELETE n
RETURN count(*) AS deleted, collect(DISTINCT key) AS keys`

const DELETE_UNUSED_COMPONENTS = `
UNWIND $keys AS key
MATCH (k:Component {ns: $ns, key: key})
WHERE NOT EXISTS { (k)<-[:OF]-() }
DELETE k`

const DELETE_CHUNKS = `
MATCH (:Circuit {ns: $ns, id: $id})-[:HAS_PAYLOAD|HAS_RESIDUE]->(chunk)
WITH chunk LIMIT $limit
DETACH DELETE chunk
RETURN count(*) AS deleted`

const DELETE_REST = `
MATCH (c:Circuit {ns: $ns, id: $id})
OPTIONAL MATCH (c)-[:HAS_NAME|HAS_IMPORT|HAS_SCORES|HAS_ANNOTATION|HAS_SUBCIRCUIT]->(part)
DETACH DELETE part, c`

/** Which circuit to erase: only one in the named states is touched. */
export async function eraseCircuit(
  db: Neo4jDatabase,
  ns: string,
  id: string,
  token: string,
  from: readonly ('ready' | 'mine' | 'stale' | 'deleting')[],
): Promise<boolean> {
  const begun = await db.transaction(async (run) => {
    const { kind } = await lockCircuit(run, ns, id, token)
    if (!from.some((state) => state === kind)) return false
    if (kind !== 'deleting') await markDeleting(run, ns, id)
    return true
  })
  if (!begun) return false
  while (!(await eraseSome(db, ns, id, token)));
  return true
}

/** One transaction; true when nothing of the circuit is left. */
async function eraseSome(db: Neo4jDatabase, ns: string, id: string, token: string): Promise<boolean> {
  const attempt = (withComponents: boolean): Promise<boolean> =>
    db.transaction(async (run) => {
      // Else the circuit was erased by another one, and may even have come in again.
      if ((await lockCircuit(run, ns, id, token)).kind !== 'deleting') return true
      if (await isFull(run, DELETE_EDGES, EDGES_AT_ONCE, ns, id)) return false
      const [nodes] = await run(DELETE_NODES, { ns, id, limit: integer(NODES_AT_ONCE) })
      const keys = (nodes!['keys'] as string[]).sort()
      if (withComponents && keys.length > 0) await run(DELETE_UNUSED_COMPONENTS, { ns, keys })
      if (Number(nodes!['deleted']) >= NODES_AT_ONCE) return false
      if (await isFull(run, DELETE_CHUNKS, CHUNKS_AT_ONCE, ns, id)) return false
      await run(DELETE_REST, { ns, id })
      return true
    })
  try {
    return await attempt(true)
  } catch (error) {
    // An import began to use one of the components between our look and our delete: then they stay.
    if (!isConstraintViolation(error)) throw error
    return attempt(false)
  }
}

async function isFull(
  run: RunInTransaction,
  statement: string,
  limit: number,
  ns: string,
  id: string,
): Promise<boolean> {
  const [row] = await run(statement, { ns, id, limit: integer(limit) })
  return Number(row!['deleted']) >= limit
}

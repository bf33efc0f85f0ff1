/** Which circuits use a place of a model. */
import type { ComponentUse } from '../../application/ports/circuit-store.js'
import { parseAddress, printSite } from '../../domain/address.js'
import { integer, type Neo4jDatabase } from './neo4j-database.js'
import { componentKey } from './node-steps.js'

const USES = `
MATCH (:Component {ns: $ns, key: $key})<-[:OF]-(n:CircuitNode)<-[:HAS_NODE]-(c:Circuit)
WHERE c.state = 'ready'
RETURN c.id AS circuitId, n.address AS address
ORDER BY circuitId, n.ordinal
LIMIT $limit`

/** By circuit id; the address's position does not matter. Throws BAD_ADDRESS. */
export async function componentUses(
  db: Neo4jDatabase,
  ns: string,
  modelKey: string,
  address: string,
  limit: number,
): Promise<ComponentUse[]> {
  const key = componentKey(modelKey, printSite(parseAddress(address).site))
  const rows = await db.read({ text: USES, parameters: { ns, key, limit: integer(limit) } })
  return rows.map((row) => ({ circuitId: String(row['circuitId']), address: String(row['address']) }))
}

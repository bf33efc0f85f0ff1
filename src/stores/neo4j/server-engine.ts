/** Which Neo4j answers. */
import type { Neo4jDatabase } from './neo4j-database.js'

const COMPONENTS = `
CALL dbms.components() YIELD name, versions, edition
WHERE name = 'Neo4j Kernel'
RETURN versions[0] AS version, edition`

export interface ServerEngine {
  readonly version: string
  /** `community` or `enterprise`. */
  readonly edition: string
}

export async function serverEngine(db: Neo4jDatabase): Promise<ServerEngine> {
  const [row] = await db.read({ text: COMPONENTS, parameters: {} })
  return { version: String(row?.['version']), edition: String(row?.['edition']) }
}

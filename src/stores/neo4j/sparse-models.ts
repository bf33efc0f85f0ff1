/** Sparse models of the catalogue: small records, each written in one transaction. */
import type { PutOutcome } from '../../application/ports/circuit-store.js'
import { Conflict } from '../../domain/errors.js'
import type { SparseModelRecord, SparseModelSummary } from '../../domain/records.js'
import { createImport, hasImport } from './import-records.js'
import { giveName } from './names.js'
import { integer, type Neo4jDatabase, type Row } from './neo4j-database.js'
import { sweepLoads } from './sweep-loads.js'

const PUT = `
MERGE (m:SparseModel {ns: $ns, id: $id})
  ON CREATE SET m.state = 'ready', m.names = [], m.foldedNames = [], m.config = $config,
    m.weightsSha256 = $weightsSha256, m.parameterCount = $parameterCount, m.nonzeroCount = $nonzeroCount,
    m.createdAt = $createdAt, m.createdBy = $token
SET m.lockedBy = $token
WITH m
RETURN m.createdBy = $token AS created, m.names AS names`

const LOCK = 'MATCH (m:SparseModel {ns: $ns, id: $id}) SET m.lockedBy = $token RETURN m.id AS id'
const SPEAKING_CIRCUIT = 'MATCH (c:Circuit {ns: $ns, modelId: $id}) RETURN c.id AS id LIMIT 1'
const DELETE = `
MATCH (m:SparseModel {ns: $ns, id: $id})
OPTIONAL MATCH (m)-[:HAS_NAME|HAS_IMPORT|HAS_SUBCIRCUIT]->(part)
DETACH DELETE part, m`

export const MODEL_COLUMNS = `m.id AS id, m.names AS names, m.config AS config, m.weightsSha256 AS weightsSha256,
  m.parameterCount AS parameterCount, m.nonzeroCount AS nonzeroCount, m.createdAt AS createdAt`

const BY_IDS = `
UNWIND $ids AS wanted
MATCH (m:SparseModel {ns: $ns, id: wanted})
RETURN ${MODEL_COLUMNS}`

export async function putModel(
  db: Neo4jDatabase,
  ns: string,
  record: SparseModelRecord,
  token: string,
): Promise<PutOutcome> {
  const { id, name, config, weightsSha256, parameterCount, nonzeroCount, importRecord } = record
  return db.transaction(async (run) => {
    const [row] = await run(PUT, {
      ns,
      id,
      token,
      config: JSON.stringify(config),
      weightsSha256,
      parameterCount: integer(parameterCount),
      nonzeroCount: integer(nonzeroCount),
      createdAt: importRecord.importedAt,
    })
    if (!(await hasImport(run, ns, importRecord.id))) {
      await createImport(run, ns, 'model', importRecord, null)
    }
    const names = row!['names'] as string[]
    return {
      created: row!['created'] === true,
      name: name === null ? null : await giveName(run, ns, 'model', id, names, name),
    }
  })
}

/** Throws CONFLICT while a circuit speaks about the model. */
export async function deleteModel(
  db: Neo4jDatabase,
  ns: string,
  id: string,
  token: string,
): Promise<boolean> {
  // A circuit that a dead process was loading, or deleting, does not count.
  await sweepLoads(db, ns, token)
  return db.transaction(async (run) => {
    if ((await run(LOCK, { ns, id, token })).length === 0) return false
    const [circuit] = await run(SPEAKING_CIRCUIT, { ns, id })
    if (circuit !== undefined) {
      throw new Conflict(
        `the model ${id} cannot be deleted: the circuit ${String(circuit['id'])} speaks about it`,
        { hint: 'delete its circuits first' },
      )
    }
    await run(DELETE, { ns, id })
    return true
  })
}

export async function modelSummaries(
  db: Neo4jDatabase,
  ns: string,
  ids: readonly string[],
): Promise<(SparseModelSummary | null)[]> {
  const rows = await db.read({ text: BY_IDS, parameters: { ns, ids: [...new Set(ids)] } })
  const found = new Map(rows.map((row) => [String(row['id']), modelSummary(row)]))
  return ids.map((id) => found.get(id) ?? null)
}

export function modelSummary(row: Row): SparseModelSummary {
  return {
    id: String(row['id']),
    names: row['names'] as string[],
    config: JSON.parse(String(row['config'])) as SparseModelSummary['config'],
    weightsSha256: String(row['weightsSha256']),
    parameterCount: Number(row['parameterCount']),
    nonzeroCount: Number(row['nonzeroCount']),
    createdAt: String(row['createdAt']),
  }
}

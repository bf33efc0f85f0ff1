/** How a circuit or model came in, and what its file said beyond the graph (the residue). */
import { compareCodePoints } from '../../domain/code-point-order.js'
import type { ImportRecord } from '../../domain/records.js'
import { chunkCount, chunkSteps, joinChunks } from './byte-chunks.js'
import type { LoadStep } from './load-step.js'
import {
  type Cypher,
  integer,
  integerOrNull,
  type Neo4jDatabase,
  type RunInTransaction,
} from './neo4j-database.js'

const PROPERTIES = `{ns: $ns, id: $importId, subjectId: $id, format: $format, formatVersion: $formatVersion,
  importedAt: $importedAt, owner: $owner, residueParts: $residueParts, record: $record}`

const CREATE = {
  circuit: `MATCH (s:Circuit {ns: $ns, id: $id}) CREATE (s)-[:HAS_IMPORT]->(:Import ${PROPERTIES})`,
  model: `MATCH (s:SparseModel {ns: $ns, id: $id}) CREATE (s)-[:HAS_IMPORT]->(:Import ${PROPERTIES})`,
} as const

const EXISTS = 'MATCH (i:Import {ns: $ns, id: $importId}) RETURN i.id AS id'

// MERGE: two processes may bring the same file to a circuit that is there already.
const WRITE_RESIDUE = `
MATCH (c:Circuit {ns: $ns, id: $id})
UNWIND $parts AS part
MERGE (r:ImportResidue {ns: $ns, importId: $importId, part: part[0]})
SET r.circuitId = $id, r.bytes = part[1]
MERGE (c)-[:HAS_RESIDUE]->(r)`

const OF_CIRCUIT = `
MATCH (s:Circuit {ns: $ns, id: $id})-[:HAS_IMPORT]->(i:Import)
WHERE s.state = 'ready'
RETURN i.record AS record`
const OF_MODEL = `
MATCH (s:SparseModel {ns: $ns, id: $id})-[:HAS_IMPORT]->(i:Import)
RETURN i.record AS record`
const BY_ID = `
MATCH (i:Import {ns: $ns, id: $importId})<-[:HAS_IMPORT]-(s)
WHERE s.state = 'ready'
RETURN i.record AS record, i.residueParts AS parts`
const RESIDUE_PART = `
MATCH (r:ImportResidue {ns: $ns, importId: $importId, part: $part})
RETURN r.bytes AS bytes`

/** One row when there is such an import, visible or not. */
export function importExists(ns: string, importId: string): Cypher {
  return { text: EXISTS, parameters: { ns, importId } }
}

export async function hasImport(run: RunInTransaction, ns: string, importId: string): Promise<boolean> {
  const { text, parameters } = importExists(ns, importId)
  return (await run(text, parameters)).length > 0
}

export async function createImport(
  run: RunInTransaction,
  ns: string,
  kind: 'circuit' | 'model',
  record: ImportRecord,
  residue: Uint8Array | null,
): Promise<void> {
  const { id, subjectId, format, formatVersion, importedAt, owner } = record
  const residueParts = integerOrNull(residue === null ? null : chunkCount(residue.length))
  await run(CREATE[kind], {
    ns,
    importId: id,
    id: subjectId,
    format,
    formatVersion,
    importedAt,
    owner,
    residueParts,
    record: JSON.stringify(record),
  })
}

export function residueSteps(importId: string, residue: Uint8Array): Iterable<LoadStep> {
  return chunkSteps(residue, WRITE_RESIDUE, { importId })
}

/** Oldest first. */
export async function importsOf(db: Neo4jDatabase, ns: string, id: string): Promise<ImportRecord[]> {
  const found = await Promise.all(
    [OF_CIRCUIT, OF_MODEL].map((text) => db.read({ text, parameters: { ns, id } })),
  )
  return found
    .flat()
    .map((row) => JSON.parse(String(row['record'])) as ImportRecord)
    .sort((a, b) => compareCodePoints(a.importedAt, b.importedAt) || compareCodePoints(a.id, b.id))
}

export async function importRecord(
  db: Neo4jDatabase,
  ns: string,
  importId: string,
): Promise<ImportRecord | null> {
  const [row] = await db.read({ text: BY_ID, parameters: { ns, importId } })
  return row === undefined ? null : (JSON.parse(String(row['record'])) as ImportRecord)
}

export async function residueOf(db: Neo4jDatabase, ns: string, importId: string): Promise<Uint8Array | null> {
  const [row] = await db.read({ text: BY_ID, parameters: { ns, importId } })
  if (row === undefined || row['parts'] === null) return null
  return joinChunks(Number(row['parts']), null, async (part) => {
    const [found] = await db.read({
      text: RESIDUE_PART,
      parameters: { ns, importId, part: integer(part) },
    })
    return (found?.['bytes'] as Int8Array | undefined) ?? null
  })
}

/** Labels, notes, supernodes, pins and views beside a circuit; the first of an id stays. */
import { compareCodePoints } from '../../domain/code-point-order.js'
import type { Annotation } from '../../domain/records.js'
import { integer, type Neo4jDatabase, type RunInTransaction } from './neo4j-database.js'

const KNOWN = 'UNWIND $ids AS id MATCH (a:Annotation {ns: $ns, id: id}) RETURN a.id AS id'

const CREATE = `
MATCH (c:Circuit {ns: $ns, id: $id})
UNWIND $rows AS row
CREATE (c)-[:HAS_ANNOTATION]->(:Annotation {ns: $ns, circuitId: $id, id: row[0], version: row[1], kind: row[2],
  owner: row[3], title: row[4], text: row[5], members: row[6], updatedAt: row[7], record: row[8]})`

const OF_CIRCUIT = `
MATCH (c:Circuit {ns: $ns, id: $id})-[:HAS_ANNOTATION]->(a:Annotation)
WHERE c.state = 'ready'
RETURN a.record AS record`

const BY_ID = `
MATCH (a:Annotation {ns: $ns, id: $id})<-[:HAS_ANNOTATION]-(c:Circuit)
WHERE c.state = 'ready'
RETURN a.record AS record`

export async function addAnnotations(
  run: RunInTransaction,
  ns: string,
  id: string,
  annotations: readonly Annotation[],
): Promise<void> {
  if (annotations.length === 0) return
  const ids = [...new Set(annotations.map((annotation) => annotation.id))]
  const known = new Set((await run(KNOWN, { ns, ids })).map((row) => row['id']))
  const fresh = annotations.filter(
    (annotation, i) =>
      !known.has(annotation.id) && annotations.findIndex((a) => a.id === annotation.id) === i,
  )
  const rows = fresh.map((a) => [
    a.id,
    integer(a.version),
    a.kind,
    a.owner,
    a.title,
    a.text,
    a.members,
    a.updatedAt,
    JSON.stringify(a),
  ])
  if (rows.length > 0) await run(CREATE, { ns, id, rows })
}

/** By kind, title, id, in code-point order. */
export async function annotationsOf(db: Neo4jDatabase, ns: string, id: string): Promise<Annotation[]> {
  const rows = await db.read({ text: OF_CIRCUIT, parameters: { ns, id } })
  return rows
    .map((row) => JSON.parse(String(row['record'])) as Annotation)
    .sort(
      (a, b) =>
        compareCodePoints(a.kind, b.kind) ||
        compareCodePoints(a.title, b.title) ||
        compareCodePoints(a.id, b.id),
    )
}

export async function annotation(db: Neo4jDatabase, ns: string, id: string): Promise<Annotation | null> {
  const [row] = await db.read({ text: BY_ID, parameters: { ns, id } })
  return row === undefined ? null : (JSON.parse(String(row['record'])) as Annotation)
}

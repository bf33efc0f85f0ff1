/**
 * Catalogue names: unique per kind, several per circuit or model, held by nodes of their own so that a uniqueness
 * constraint guards them. The subject repeats them (`names` in code-point order, `foldedNames`, `nameOrder`) to be
 * filtered and ordered without a join.
 */
import { compareCodePoints, foldedKey } from '../../domain/code-point-order.js'
import { invariant } from '../../domain/errors.js'
import { sha256Hex } from '../../domain/sha256.js'
import type { Neo4jDatabase, RunInTransaction } from './neo4j-database.js'

export type NamedKind = 'circuit' | 'model'

const CLAIM = `
MERGE (n:Name {ns: $ns, kind: $kind, key: $key})
  ON CREATE SET n.name = $name, n.subjectId = $id
RETURN n.subjectId AS holder`

const LINK = {
  circuit: `
MATCH (s:Circuit {ns: $ns, id: $id})
MERGE (n:Name {ns: $ns, kind: 'circuit', key: $key})
MERGE (s)-[:HAS_NAME]->(n)
SET s.names = $names, s.foldedNames = $foldedNames, s.nameOrder = $nameOrder`,
  model: `
MATCH (s:SparseModel {ns: $ns, id: $id})
MERGE (n:Name {ns: $ns, kind: 'model', key: $key})
MERGE (s)-[:HAS_NAME]->(n)
SET s.names = $names, s.foldedNames = $foldedNames, s.nameOrder = $nameOrder`,
} as const

const RESOLVE = {
  circuit: `
MATCH (n:Name {ns: $ns, kind: 'circuit', key: $key})<-[:HAS_NAME]-(s:Circuit)
WHERE s.state = 'ready'
RETURN s.id AS id`,
  model: `
MATCH (n:Name {ns: $ns, kind: 'model', key: $key})<-[:HAS_NAME]-(s:SparseModel)
RETURN s.id AS id`,
} as const

/**
 * Gives the subject the name, or `<name>-<first 8 of the id>` when another one holds it (more digits when that is
 * taken too); gives back which one it got. The caller holds the subject's lock and knows its names.
 */
export async function giveName(
  run: RunInTransaction,
  ns: string,
  kind: NamedKind,
  id: string,
  names: readonly string[],
  wanted: string,
): Promise<string> {
  for (const candidate of [wanted, ...[8, 16, 64].map((digits) => `${wanted}-${id.slice(0, digits)}`)]) {
    const name = wellFormed(candidate)
    const key = nameKey(name)
    const [row] = await run(CLAIM, { ns, kind, id, name, key })
    if (row!['holder'] !== id) continue
    if (!names.includes(name)) {
      const all = [...names, name].sort(compareCodePoints)
      await run(LINK[kind], {
        ns,
        id,
        key,
        names: all,
        foldedNames: all.map(foldedKey),
        nameOrder: codePointKey(all[0]!),
      })
    }
    return name
  }
  invariant(false, `the name ${wanted}-${id} belongs to another ${kind}`)
}

export async function resolveName(
  db: Neo4jDatabase,
  ns: string,
  kind: NamedKind,
  name: string,
): Promise<string | null> {
  const [row] = await db.read({ text: RESOLVE[kind], parameters: { ns, key: nameKey(wellFormed(name)) } })
  return row === undefined ? null : String(row['id'])
}

/**
 * A text whose order in Neo4j is that of code points: the hex digits of its UTF-8 bytes. Neo4j orders stored strings
 * by bytes, but strings made in a query by UTF-16 unit; on ASCII both agree.
 */
export function codePointKey(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex')
}

/** Index keys have a length limit, names have none. */
function nameKey(name: string): string {
  return sha256Hex(name)
}

/** As the database will give it back: half a surrogate pair has no UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}

/** Named scores of a circuit's nodes; the first set of a name stays. */
import { compareCodePoints } from '../../domain/code-point-order.js'
import type { ScoreSet } from '../../domain/records.js'
import { sha256Hex } from '../../domain/sha256.js'
import type { Neo4jDatabase, RunInTransaction } from './neo4j-database.js'

const KEYS = `
MATCH (:Circuit {ns: $ns, id: $id})-[:HAS_SCORES]->(s:ScoreSet)
RETURN s.key AS key`

// Lists hold no null, so an unscored node's place holds NaN, which no score is.
const CREATE = `
MATCH (c:Circuit {ns: $ns, id: $id})
UNWIND $rows AS row
CREATE (c)-[:HAS_SCORES]->(:ScoreSet {ns: $ns, circuitId: $id, key: row[0], name: row[1], of: row[2], unit: row[3],
  sign: row[4], method: row[5], importId: row[6], facts: row[7], values: row[8]})`

const OF_CIRCUIT = `
MATCH (c:Circuit {ns: $ns, id: $id})-[:HAS_SCORES]->(s:ScoreSet)
WHERE c.state = 'ready'
RETURN s.facts AS facts, s.values AS values`

export async function addScoreSets(
  run: RunInTransaction,
  ns: string,
  id: string,
  sets: readonly ScoreSet[],
): Promise<void> {
  if (sets.length === 0) return
  const known = new Set((await run(KEYS, { ns, id })).map((row) => row['key']))
  const rows = sets
    .map(({ values, ...facts }) => [
      sha256Hex(facts.name),
      facts.name,
      facts.of,
      facts.unit,
      facts.sign,
      facts.method,
      facts.importId,
      JSON.stringify(facts),
      values.map((value) => value ?? Number.NaN),
    ])
    .filter(([key], i, all) => !known.has(key) && all.findIndex(([other]) => other === key) === i)
  if (rows.length > 0) await run(CREATE, { ns, id, rows })
}

/** By name in code-point order. */
export async function scoreSetsOf(db: Neo4jDatabase, ns: string, id: string): Promise<ScoreSet[]> {
  const rows = await db.read({ text: OF_CIRCUIT, parameters: { ns, id } })
  return rows
    .map(({ facts, values }) => ({
      ...(JSON.parse(String(facts)) as Omit<ScoreSet, 'values'>),
      values: (values as number[]).map((value) => (Number.isNaN(value) ? null : value)),
    }))
    .sort((a, b) => compareCodePoints(a.name, b.name))
}

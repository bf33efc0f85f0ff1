/** Named scores: facts in a row, values as a payload of little-endian doubles in which NaN stands for "unscored". */
import { littleEndianBytes, readFloat64 } from '../../domain/little-endian.js'
import type { ScoreSet } from '../../domain/records.js'
import type { Database } from './database.js'
import type { Payloads } from './payloads.js'
import { bytesText, textBytes } from './stored-text.js'

export function scoreBytes(set: ScoreSet): Uint8Array {
  return littleEndianBytes(
    Float64Array.from(set.values, (value) => (value === null ? Number.NaN : value + 0)),
  )
}

/** Inside a transaction of the caller. */
export function scoreNamesOf(db: Database, circuitId: string): Set<string> {
  const rows = db.sql('SELECT name FROM score_set WHERE circuit_id = ?').all(circuitId)
  return new Set(rows.map((row) => bytesText(row['name'] as Uint8Array)))
}

/** Inside a transaction of the caller. */
export function insertScoreSet(db: Database, circuitId: string, set: ScoreSet, valuesId: number): void {
  const { values: _, ...facts } = set
  db.sql('INSERT INTO score_set (circuit_id, name, values_id, facts) VALUES (?, ?, ?, ?)').run(
    circuitId,
    textBytes(set.name),
    valuesId,
    JSON.stringify(facts),
  )
}

/** Inside a transaction of the caller: deletes a circuit's score sets; gives back the payloads of their values. */
export function dropScoreSets(db: Database, circuitId: string): number[] {
  const rows = db.sql('SELECT values_id FROM score_set WHERE circuit_id = ?').all(circuitId)
  db.sql('DELETE FROM score_set WHERE circuit_id = ?').run(circuitId)
  return rows.map((row) => Number(row['values_id']))
}

/** By name, in code-point order. A set that is deleted meanwhile is left out. */
export async function scoreSetsOf(db: Database, payloads: Payloads, circuitId: string): Promise<ScoreSet[]> {
  const rows = await db.read(() =>
    db.sql('SELECT values_id, facts FROM score_set WHERE circuit_id = ? ORDER BY name').all(circuitId),
  )
  const sets: ScoreSet[] = []
  for (const row of rows) {
    const bytes = await payloads.read(Number(row['values_id']))
    if (bytes === null) continue
    const values = Array.from(readFloat64(bytes, 0, bytes.length / 8), (value) =>
      Number.isNaN(value) ? null : value,
    )
    sets.push({ ...(JSON.parse(String(row['facts'])) as Omit<ScoreSet, 'values'>), values })
  }
  return sets
}

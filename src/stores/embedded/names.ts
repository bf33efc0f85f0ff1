/** Catalogue names: unique per kind, several per circuit or model. All functions run inside a transaction of the caller. */
import { invariant } from '../../domain/errors.js'
import type { Database } from './database.js'
import { bytesText, foldedBytes, textBytes } from './stored-text.js'

export type NamedKind = 'circuit' | 'model'

/**
 * Gives the subject the name, or `<name>-<first 8 of the id>` when another one holds it (more digits when that is
 * taken too); gives back which one it got.
 */
export function giveName(db: Database, kind: NamedKind, id: string, wanted: string): string {
  for (const candidate of [wanted, ...[8, 16, 64].map((digits) => `${wanted}-${id.slice(0, digits)}`)]) {
    const name = textBytes(candidate)
    const holder = holderOf(db, kind, name)
    if (holder !== null && holder !== id) continue
    if (holder === null) {
      db.sql('INSERT INTO name (kind, name, folded, subject_id) VALUES (?, ?, ?, ?)').run(
        kind,
        name,
        foldedBytes(candidate),
        id,
      )
      db.sql(
        `UPDATE ${kind} SET name_key = (SELECT min(name) FROM name WHERE kind = ? AND subject_id = ?) WHERE id = ?`,
      ).run(kind, id, id)
    }
    return bytesText(name)
  }
  invariant(false, `the name ${wanted}-${id} belongs to another ${kind}`)
}

export function resolveName(db: Database, kind: NamedKind, name: string): string | null {
  return holderOf(db, kind, textBytes(name))
}

/** In code-point order. */
export function namesOf(db: Database, kind: NamedKind, id: string): string[] {
  const rows = db.sql('SELECT name FROM name WHERE kind = ? AND subject_id = ? ORDER BY name').all(kind, id)
  return rows.map((row) => bytesText(row['name'] as Uint8Array))
}

export function dropNames(db: Database, kind: NamedKind, id: string): void {
  db.sql('DELETE FROM name WHERE kind = ? AND subject_id = ?').run(kind, id)
}

function holderOf(db: Database, kind: NamedKind, name: Uint8Array): string | null {
  const holder = db.sql('SELECT subject_id FROM name WHERE kind = ? AND name = ?').get(kind, name)?.[
    'subject_id'
  ]
  return typeof holder === 'string' ? holder : null
}

/** How circuits and models came in. All functions run inside a transaction of the caller. */
import type { ImportRecord } from '../../domain/records.js'
import type { Database } from './database.js'

export function hasImport(db: Database, id: string): boolean {
  return db.sql('SELECT 1 FROM import WHERE id = ?').get(id) !== undefined
}

export function insertImport(db: Database, record: ImportRecord, residueId: number | null): void {
  db.sql('INSERT INTO import (id, subject_id, imported_at, residue_id, record) VALUES (?, ?, ?, ?, ?)').run(
    record.id,
    record.subjectId,
    record.importedAt,
    residueId,
    JSON.stringify(record),
  )
}

export function importRecord(db: Database, id: string): ImportRecord | null {
  const row = db.sql('SELECT record FROM import WHERE id = ?').get(id)
  return row === undefined ? null : (JSON.parse(String(row['record'])) as ImportRecord)
}

/** Oldest first. */
export function importsOf(db: Database, subjectId: string): ImportRecord[] {
  const rows = db
    .sql('SELECT record FROM import WHERE subject_id = ? ORDER BY imported_at, id')
    .all(subjectId)
  return rows.map((row) => JSON.parse(String(row['record'])) as ImportRecord)
}

export function residueIdOf(db: Database, importId: string): number | null {
  const id = db.sql('SELECT residue_id FROM import WHERE id = ?').get(importId)?.['residue_id']
  return typeof id === 'number' ? id : null
}

/** Deletes a subject's imports; gives back the payloads of their residues. */
export function dropImports(db: Database, subjectId: string): number[] {
  const rows = db
    .sql('SELECT residue_id FROM import WHERE subject_id = ? AND residue_id IS NOT NULL')
    .all(subjectId)
  db.sql('DELETE FROM import WHERE subject_id = ?').run(subjectId)
  return rows.map((row) => Number(row['residue_id']))
}

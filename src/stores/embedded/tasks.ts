/** Imported tasks: small records; their examples lie in the artefact store. */
import { Conflict } from '../../domain/errors.js'
import type { TaskRecord } from '../../domain/task.js'
import type { Database } from './database.js'
import { textBytes } from './stored-text.js'

export function putTask(db: Database, record: TaskRecord): Promise<{ readonly created: boolean }> {
  return db.write(() => {
    if (db.sql('SELECT 1 FROM task WHERE id = ?').get(record.id) !== undefined) return { created: false }
    const [name, version] = [textBytes(record.name), textBytes(record.version)]
    const other = db.sql('SELECT id FROM task WHERE name = ? AND version = ?').get(name, version)
    if (other !== undefined)
      throw new Conflict(
        `there is another task ${record.name} of version ${record.version}: ${String(other['id'])}`,
        { hint: 'give the file a higher version, or delete the other task first' },
      )
    db.sql('INSERT INTO task (id, name, version, created_at, facts) VALUES (?, ?, ?, ?, ?)').run(
      record.id,
      name,
      version,
      record.createdAt ?? '',
      JSON.stringify(record),
    )
    return { created: true }
  })
}

/** In the order of ids. */
export function tasks(db: Database): Promise<readonly TaskRecord[]> {
  return db.read(() =>
    db
      .sql('SELECT facts FROM task ORDER BY id')
      .all()
      .map((row) => JSON.parse(String(row['facts'])) as TaskRecord),
  )
}

export function deleteTask(db: Database, id: string): Promise<boolean> {
  return db.write(() => {
    const known = db.sql('SELECT 1 FROM task WHERE id = ?').get(id) !== undefined
    if (known) db.sql('DELETE FROM task WHERE id = ?').run(id)
    return known
  })
}

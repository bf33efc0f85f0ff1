/** The record of one import: the same files of the same format that give the same thing give the same record. */
import { canonicalJson } from '../domain/canonical-json.js'
import type { ImportRecord } from '../domain/records.js'
import { sha256Hex } from '../domain/sha256.js'
import type { SourceFile } from './source-file.js'

/** Who imports, and when: what no file says. */
export interface ImportContext {
  readonly owner: string
  /** ISO 8601, UTC. */
  readonly importedAt: string
  /** Wanted catalogue name, or null. */
  readonly name: string | null
}

export async function importRecordOf(
  parts: Pick<ImportRecord, 'subjectId' | 'format' | 'formatVersion' | 'findings' | 'metadata'>,
  files: readonly SourceFile[],
  context: ImportContext,
): Promise<ImportRecord> {
  const hashed = await Promise.all(
    files.map(async (file) => ({ name: file.name, sha256: await file.sha256(), bytes: file.bytes })),
  )
  const hashes = hashed.map((file) => file.sha256).sort()
  const id = sha256Hex(canonicalJson([parts.format, parts.formatVersion, hashes, parts.subjectId]))
  return { id, ...parts, files: hashed, importedAt: context.importedAt, owner: context.owner }
}

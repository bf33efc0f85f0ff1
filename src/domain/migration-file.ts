/**
 * Migration files and their history in the format of neo4j-migrations (https://github.com/michael-simons/neo4j-migrations),
 * used by both stores, so that one list of files, one checksum rule and one status screen serve them.
 */
import { crc32 } from 'node:zlib'
import { InvalidInput } from './errors.js'
import { type Precondition, parsePrecondition } from './migration-precondition.js'

export interface MigrationFile {
  /** `0001`, `007.1` … as the format defines. */
  readonly version: string
  readonly description: string
  /** File name, e.g. `V0001__Circuits.cypher`. */
  readonly source: string
  readonly checksum: string
  /** Checksum without the precondition lines: a history taken before they were added stays valid. */
  readonly alternativeChecksum: string
  /** All statements, comment-only ones too, since they count in the checksum; see `executableStatements`. */
  readonly statements: readonly string[]
  /** `R…` files: run again when their content changes. */
  readonly repeatable: boolean
  readonly preconditions: readonly Precondition[]
}
export interface AppliedMigration {
  readonly version: string
  readonly description: string
  readonly source: string
  readonly checksum: string
  /** ISO 8601, UTC. */
  readonly at: string
}

export interface MigrationFileName {
  readonly version: string
  readonly description: string
  readonly repeatable: boolean
  /** Without the dot, e.g. `cypher`; null when the name has none. */
  readonly extension: string | null
}

export interface ReadOptions {
  /** Counts `\r\n` inside a statement as `\n`. */
  readonly autocrlf?: boolean
}

const FILE_NAME = /^([VR])(\d+(?:_\d+)*|\d+(?:\.\d+)*)__([A-Za-z0-9_ ]+)(?:\.([A-Za-z0-9_]+))?$/

/** Version, description and kind that a name like `V007_1__Some_name.cypher` says; null for any other name. */
export function parseMigrationFileName(fileName: string): MigrationFileName | null {
  const parts = FILE_NAME.exec(fileName)
  if (parts === null) return null
  return {
    version: parts[2]!.replaceAll('_', '.'),
    description: parts[3]!.replaceAll('_', ' '),
    repeatable: parts[1] === 'R',
    extension: parts[4] ?? null,
  }
}

/** Statements end with `;` at the end of a line; a `;` inside a line does not split. */
export function splitStatements(source: string, options: ReadOptions = {}): string[] {
  const text = options.autocrlf ? source.replaceAll('\r\n', '\n') : source
  return text
    .split(/;(?:\r?\n|\r)/)
    .map((part) => trimmed(trimmed(part).replace(/;$/, '')))
    .filter((statement) => statement !== '')
}

/** The statements without those that are nothing but comment lines (`//` in Cypher, `--` in SQL). */
export function executableStatements(statements: readonly string[]): string[] {
  return statements.filter((statement) =>
    statement.split(/\r?\n|\r/).some((line) => !/^\s*(?:\/\/|--|$)/.test(line)),
  )
}

/** CRC-32 of the UTF-8 bytes of all statements with nothing between them, as an unsigned decimal. */
export function migrationChecksum(source: string, options: ReadOptions = {}): string {
  return String(crc32(splitStatements(source, options).join('')))
}

/** The checksum as Flyway takes it: over the lines without their ends, as a signed 32-bit decimal. */
export function flywayChecksum(source: string): string {
  return String(
    crc32(
      source
        .replace(/^\uFEFF/, '')
        .split(/\r?\n|\r/)
        .join(''),
    ) | 0,
  )
}

/** Throws BAD_MIGRATION when the name is not one of the format, or a precondition cannot be read. */
export function readMigration(fileName: string, source: string, options: ReadOptions = {}): MigrationFile {
  const name = parseMigrationFileName(fileName)
  if (name === null) {
    throw new InvalidInput('BAD_MIGRATION', `${JSON.stringify(fileName)} is not the name of a migration`, {
      hint: 'names look like V0001__Create_constraints.cypher: letters, digits, _ and blanks, no hyphen',
    })
  }
  const lines = source.split(/(?<=\n|\r(?!\n))/)
  const stated = lines.map((line) => parsePrecondition(line.replace(/[\r\n]+$/, '')))
  return {
    version: name.version,
    description: name.description,
    source: fileName,
    checksum: migrationChecksum(source, options),
    alternativeChecksum: migrationChecksum(lines.filter((_, i) => stated[i] === null).join(''), options),
    statements: splitStatements(source, options),
    repeatable: name.repeatable,
    preconditions: stated.filter((precondition) => precondition !== null),
  }
}

/** Semantic order: part by part as numbers; `007` before `007.1`. Zero when the numbers are the same. */
export function compareVersions(a: string, b: string): number {
  const x = a.split('.').map(BigInt)
  const y = b.split('.').map(BigInt)
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i]! !== y[i]!) return x[i]! < y[i]! ? -1 : 1
  }
  return x.length - y.length
}

/** The files by version; throws BAD_MIGRATION when two have the same one. */
export function inVersionOrder(files: readonly MigrationFile[]): MigrationFile[] {
  const sorted = [...files].sort((a, b) => compareVersions(a.version, b.version))
  for (let i = 1; i < sorted.length; i++) {
    const [before, file] = [sorted[i - 1]!, sorted[i]!]
    if (compareVersions(before.version, file.version) === 0) {
      throw new InvalidInput(
        'BAD_MIGRATION',
        `the migrations ${before.source} and ${file.source} have the same version ${file.version}`,
      )
    }
  }
  return sorted
}

/**
 * Checks that what was applied is a prefix of the files: same versions in the same order, same checksum (or the
 * alternative one; a repeatable file may change). Gives back the files still to apply; throws BAD_MIGRATION
 * naming the first file that differs and both checksums.
 */
export function validateHistory(
  applied: readonly AppliedMigration[],
  files: readonly MigrationFile[],
): MigrationFile[] {
  const ordered = inVersionOrder(files)
  for (const [i, done] of applied.entries()) {
    const file = ordered[i]
    if (file === undefined || !ordered.some(({ version }) => version === done.version)) {
      throw new InvalidInput(
        'BAD_MIGRATION',
        `the store has the migration ${done.source} (version ${done.version}, checksum ${done.checksum}), but there is no such file`,
        {
          path: done.source,
          hint: 'the store was migrated by a newer release, or a file was removed',
        },
      )
    }
    if (file.version !== done.version) {
      throw new InvalidInput(
        'BAD_MIGRATION',
        `the store applied ${done.source} (checksum ${done.checksum}) where the files have ${file.source} (checksum ${file.checksum})`,
        {
          path: file.source,
          hint: 'a migration may only be added after those that were applied',
        },
      )
    }
    if (!file.repeatable && done.checksum !== file.checksum && done.checksum !== file.alternativeChecksum) {
      throw new InvalidInput(
        'BAD_MIGRATION',
        `the migration ${file.source} was changed after it was applied: its checksum is ${file.checksum}, the store has ${done.checksum}`,
        {
          path: file.source,
          hint: 'put the file back as it was and write a new migration instead',
        },
      )
    }
  }
  return ordered.slice(applied.length)
}

/** As Java's `trim`: strips U+0000…U+0020 and nothing else (JavaScript's would also strip BOM and NBSP). */
function trimmed(text: string): string {
  return text.replace(/^[\u0000-\u0020]+/, '').replace(/[\u0000-\u0020]+$/, '')
}

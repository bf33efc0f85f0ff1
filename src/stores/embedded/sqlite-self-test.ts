/** Tries a native SQLite module where its crash harms nobody. */
import { spawn } from 'node:child_process'
import { Unavailable } from '../../domain/errors.js'

const SCRIPT = `
const { DatabaseSync } = require(process.argv[1])
const db = new DatabaseSync(':memory:')
db.exec('CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB) STRICT')
db.prepare('INSERT INTO t VALUES (?, ?)').run(1, new Uint8Array([0, 255]))
const row = db.prepare('SELECT a, b FROM t WHERE b = ?').get(new Uint8Array([0, 255]))
db.close()
process.exit(row.a === 1 && row.b[1] === 255 ? 0 : 3)
`
const PATIENCE_MS = 60_000

/** Resolves when the module at `path` works here; throws UNAVAILABLE naming it otherwise. */
export async function survivesSelfTest(path: string, name: string): Promise<void> {
  const end = await new Promise<string | null>((resolve) => {
    const child = spawn(process.execPath, ['-e', SCRIPT, path], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: PATIENCE_MS,
    })
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = `${complaint}${text}`.slice(0, 2_000)
    })
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) =>
      resolve(code === 0 ? null : `it ended with ${signal ?? `status ${code}`}: ${complaint.trim()}`),
    )
  })
  if (end === null) return
  throw new Unavailable(
    `${name} does not work with Node ${process.versions.node} on ${process.platform} ${process.arch}: ${end}`,
    {
      hint: 'use Node 22.13 or newer, which has SQLite built in, or a Neo4j store',
    },
  )
}

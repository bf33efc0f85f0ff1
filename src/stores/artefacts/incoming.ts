/** Files on their way in. A writer that died leaves one behind; nothing else does. */
import { randomUUID } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from './disk-errors.js'

/** A file that nobody has written to for so long is abandoned: an upload that lives is cut off much earlier. */
const SILENCE_MS = 60 * 60_000

export function incomingFolder(directory: string): string {
  return join(directory, 'incoming')
}

export function newIncomingPath(directory: string): string {
  return join(incomingFolder(directory), randomUUID())
}

export async function sweepIncoming(directory: string, now = Date.now()): Promise<void> {
  const folder = incomingFolder(directory)
  for (const name of await readdir(folder)) {
    if ((await silenceOf(join(folder, name), now)) > SILENCE_MS) await rm(join(folder, name), { force: true })
  }
}

async function silenceOf(path: string, now: number): Promise<number> {
  try {
    return now - (await stat(path)).mtimeMs
  } catch (error) {
    // Its writer has just finished with it.
    if (errorCode(error) === 'ENOENT') return 0
    throw error
  }
}

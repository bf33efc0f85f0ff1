/** Files on their way in, each named after the process that writes it. */
import { randomUUID } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { errorCode } from './disk-errors.js'

/** A file that nobody has written to for so long is abandoned, whoever began it. */
const SILENCE_MS = 60 * 60_000

export function incomingFolder(directory: string): string {
  return join(directory, 'incoming')
}

export function newIncomingPath(directory: string): string {
  return join(incomingFolder(directory), `${encodeURIComponent(hostname())}+${process.pid}+${randomUUID()}`)
}

/** Removes files whose process on this host is gone, and files without a sign of life. */
export async function sweepIncoming(directory: string, now = Date.now()): Promise<void> {
  const folder = incomingFolder(directory)
  for (const name of await readdir(folder)) {
    const [host, pid] = name.split('+')
    const ownerIsDead = host === encodeURIComponent(hostname()) && !isAlive(Number(pid))
    if (ownerIsDead || (await silenceOf(join(folder, name), now)) > SILENCE_MS)
      await rm(join(folder, name), { force: true })
  }
}

async function silenceOf(path: string, now: number): Promise<number> {
  try {
    return now - (await stat(path)).mtimeMs
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** Who is writing or erasing a payload, so that another process can tell abandoned work from work in progress. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Work of a process on another machine counts as abandoned after this silence. */
const SILENCE_MS = 10 * 60_000

/** This process: host, process id and its start time, by which a reused id is told apart. */
export function thisOwner(): string {
  return JSON.stringify([hostname(), process.pid, startOf(process.pid)])
}

/** Is the owner gone? A process on this host is asked for; of another host only the silence is known. */
export function isGone(owner: string, touchedAt: number, now = Date.now()): boolean {
  const [host, pid, start] = JSON.parse(owner) as [string, number, string | null]
  if (host !== hostname()) return now - touchedAt > SILENCE_MS
  return !isAlive(pid) || startOf(pid) !== start
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Start time of a process in clock ticks since boot (Linux); null where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    // The command's name stands in brackets and may hold anything; field 22 counts from behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1)!.trim().split(' ')
    return fields[19] ?? null
  } catch {
    return null
  }
}

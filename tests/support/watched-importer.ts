/** Watches a process that runs `importForever`: what it has begun and finished, until it is killed. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface WatchedImporter {
  /** Resolves when the first import has begun. */
  readonly hasBegun: Promise<unknown>
  /** Seeds so far. */
  readonly begun: readonly number[]
  readonly done: readonly number[]
  /** Ends it with SIGKILL; throws when it had ended by itself. */
  kill(): Promise<{ readonly begun: readonly number[]; readonly done: readonly number[] }>
}

export function watchImporter(child: ChildProcess): WatchedImporter {
  const begun: number[] = []
  const done: number[] = []
  const exited = once(child, 'close')
  const lines = createInterface({ input: child.stdout! })
  const hasBegun = Promise.race([once(lines, 'line'), exited])
  lines.on('line', (line) => {
    const [word, seed] = line.split(' ')
    if (word === 'begun') begun.push(Number(seed))
    if (word === 'done') done.push(Number(seed))
  })
  const kill = async (): Promise<{ begun: number[]; done: number[] }> => {
    child.kill('SIGKILL')
    await exited
    if (child.signalCode !== 'SIGKILL')
      throw new Error(`the importing process ended by itself with status ${child.exitCode}`)
    return { begun, done }
  }
  return { hasBegun, begun, done, kill }
}

/** Starts a TypeScript file as a process of its own, to be watched or killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

export function spawnTypeScript(file: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(__dirname, 'run-typescript.cjs'), file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

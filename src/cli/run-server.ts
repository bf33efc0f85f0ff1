/** The server as a process of its own: the command line knows its entry file and nothing inside it. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const ENTRY = new URL('../server/main.js', import.meta.url)

export function runServer(environment: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((done, fail) => {
    const server = spawn(process.execPath, ['--enable-source-maps', fileURLToPath(ENTRY)], {
      env: { ...process.env, ...environment },
      stdio: 'inherit',
    })
    // At a terminal, Ctrl-C reaches the whole group; a second copy from us would cut the orderly end short.
    const pass = (signal: NodeJS.Signals): void => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) server.kill(signal)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    for (const signal of signals) process.on(signal, pass)
    const settle = (): void => {
      for (const signal of signals) process.off(signal, pass)
    }
    server.once('error', (error) => {
      settle()
      fail(error)
    })
    server.once('exit', (status, signal) => {
      settle()
      done(status ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}

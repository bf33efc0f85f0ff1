/** A server of the built project in a process of its own, for benchmarks that ask over HTTP. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** The command line, which imports and asks. */
export const MAIN = join(__dirname, '../dist/src/cli/main.js')
const SERVER = join(__dirname, '../dist/src/server/main.js')

export interface Served {
  readonly url: string
  readonly pid: number
  /** Throws with the first error's message. */
  ask<T>(query: string): Promise<T>
  close(): void
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await new Promise((ready) => server.once('listening', ready))
  const { port } = server.address() as { port: number }
  await new Promise((closed) => server.close(closed))
  return port
}

/** `store` is the folder of an embedded store; the rest are environment variables on top of ours. */
export async function serve(store: string, more: Readonly<Record<string, string>> = {}): Promise<Served> {
  const port = await freePort()
  const env = {
    ...process.env,
    PORT: `${port}`,
    CIRCUITQL_STORE: `embedded:${store}`,
    CIRCUITQL_LOG: 'error',
    ...more,
  }
  const child: ChildProcess = spawn(process.execPath, [SERVER], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  const ask = async <T>(query: string): Promise<T> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    const { data, errors } = (await response.json()) as { data: T; errors?: { message: string }[] }
    if (errors !== undefined) throw new Error(errors[0]!.message)
    return data
  }
  for (let tries = 0; ; tries++) {
    const up = await fetch(`${url}/health/ready`).catch(() => null)
    if (up?.ok) break
    if (tries > 300) throw new Error('the server did not come up')
    await new Promise((wait) => setTimeout(wait, 100))
  }
  return { url, pid: child.pid!, ask, close: () => child.kill() }
}

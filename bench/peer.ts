/** A Python program beside a benchmark, in a process of its own: it answers commands in turn, one line each. */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

export class Peer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  /** `program` is a file of bench/peers. */
  constructor(python: string, program: string, args: readonly string[]) {
    this.#child = spawn(python, [join(__dirname, 'peers', program), ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async line<T>(): Promise<T> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('the peer ended')
    return JSON.parse(value as string) as T
  }

  ask<T>(command: string): Promise<T> {
    this.#child.stdin.write(`${command}\n`)
    return this.line<T>()
  }

  end(): void {
    this.#child.stdin.end()
  }
}

/** CIRCUITQL_PEER, or an environment of this name with these packages, made with pip; null where there is none. */
export function python(name: string, packages: readonly string[]): string | null {
  const known = process.env['CIRCUITQL_PEER']
  if (known !== undefined) return known
  const folder = join(tmpdir(), `circuitql-bench-${name}`)
  const own = join(folder, 'bin/python')
  if (existsSync(own)) return own
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' })
    execFileSync(own, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'inherit' })
    return own
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    const reason = (error as Error).message.split('\n')[0]
    console.log(`no peer: ${packages.join(', ')} could not be installed (${reason})`)
    return null
  }
}

/** The peer of the engine benchmarks: the same model, dense, in JAX, in a process of its own that answers in turn. */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { PromptCase } from '../src/domain/experiment/metric.js'
import type { SparseModelData } from '../src/domain/sparse-model-data.js'

const JAX = 'jax==0.10.2'

export class Peer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  constructor(python: string, folder: string, kind: string) {
    this.#child = spawn(python, [join(__dirname, 'peers/dense_transformer.py'), folder, kind], {
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

/** CIRCUITQL_PEER, or an environment made with pip; null where there is none. */
export function python(): string | null {
  const known = process.env['CIRCUITQL_PEER']
  if (known !== undefined) return known
  const folder = join(tmpdir(), 'circuitql-bench-peer')
  const own = join(folder, 'bin/python')
  if (existsSync(own)) return own
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' })
    execFileSync(own, ['-m', 'pip', 'install', '--quiet', JAX], { stdio: 'inherit' })
    return own
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    console.log(`no peer: ${JAX} could not be installed (${(error as Error).message.split('\n')[0]})`)
    return null
  }
}

/** What the peer reads: tensors one after another, and the configuration with the prompt. */
export function writeModel(
  folder: string,
  { config, tensors }: SparseModelData,
  tokens: readonly number[],
  { target, alternative }: PromptCase,
): void {
  writeFileSync(join(folder, 'weights.f32'), Buffer.concat(tensors.map(({ bytes }) => bytes)))
  const facts = { ...config, width: config.heads * config.dHead, tokens, target, alternative }
  const names = tensors.map(({ name, shape }) => [name, shape])
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...facts, tensors: names }))
}

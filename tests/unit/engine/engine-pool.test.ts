/**
 * The pool against the runner. Worker threads run compiled code, so the engine is compiled into a temporary folder and
 * exercised there by a plain Node script that prints what it saw.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ModelRunner } from '../../../src/application/ports/model-runner.js'
import type { EnginePool } from '../../../src/engine/engine-pool.js'

/** The compiler checks it. */
const IS_THE_PORT: EnginePool extends ModelRunner ? true : never = true

const ROOT = resolve(__dirname, '../../..')
const SCRIPT = `
import { EnginePool } from './dist/src/engine/engine-pool.js'
import { EngineRunner } from './dist/src/engine/engine-runner.js'
import { microConfig, randomModel } from './dist/tests/support/micro-model.js'

const data = randomModel(microConfig({ afrac: 0.5, sink: true }), 61)
const source = { load: async () => data, maxModels: 1 }
const runner = new EngineRunner(source)
const pool = new EnginePool({ ...source, workers: 2 })
const prompts = [{ tokens: [1, 2, 3, 4], target: 5, alternative: 6 }, { tokens: [6, 6, 0], target: null, alternative: null }]
const variants = Array.from({ length: 40 }, (_, i) => [{ tap: '0.mlp.post_act', index: i % 9, position: null, value: i }])
const asked = {
  forward: { modelId: 'm', tokens: [1, 2, 3], replacements: variants[7], record: ['1.attn.pattern', 'final_resid'] },
  measure: { modelId: 'm', prompts, metrics: ['TASK_LOSS', 'KL_DIVERGENCE'], variants },
  gradients: { modelId: 'm', prompts, metric: 'TASK_LOSS', taps: ['0.attn.q', 'embed'] },
  means: { modelId: 'm', sequences: [[1, 2], [3, 4, 5]] },
}
const plain = (value) => JSON.stringify(value, (_, v) => (v instanceof Map ? [...v] : ArrayBuffer.isView(v) ? Array.from(v) : v))
const seen = { same: {} }
for (const [kind, request] of Object.entries(asked)) {
  const [here, there] = await Promise.all([runner[kind](request), pool[kind](request)])
  seen.same[kind] = plain(here).length > 100 && plain(here) === plain(there)
}
seen.progress = []
await pool.measure(asked.measure, undefined, (done, total) => seen.progress.push([done, total]))
seen.refused = await pool.forward({ ...asked.forward, tokens: [99] }).catch((error) => ({ name: error.name, code: error.code, message: error.message }))
const many = Array.from({ length: 200000 }, (_, i) => [{ tap: 'embed', index: 0, position: null, value: i }])
const controller = new AbortController()
const before = performance.now()
seen.cancelled = await pool
  .measure({ ...asked.measure, variants: many }, controller.signal, (done) => { if (done > 3) controller.abort() })
  .catch((error) => error.code)
seen.after = plain(await pool.forward(asked.forward)) === plain(await runner.forward(asked.forward))
await pool.close()
console.log(JSON.stringify(seen))
`

describe('the pool of worker threads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-engine-'))
  let seen: {
    readonly same: Readonly<Record<string, boolean>>
    readonly progress: readonly (readonly [number, number])[]
    readonly refused: { readonly name: string; readonly code: string; readonly message: string }
    readonly cancelled: string
    readonly after: boolean
  }

  beforeAll(() => {
    mkdirSync(join(folder, 'dist'))
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'script.mjs'), SCRIPT)
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: join(ROOT, 'tsconfig.json'),
        compilerOptions: {
          rootDir: ROOT,
          outDir: join(folder, 'dist'),
          types: ['node'],
          typeRoots: [join(ROOT, 'node_modules/@types')],
        },
        include: [],
        files: [
          'src/engine/engine-pool.ts',
          'src/engine/engine-worker.ts',
          'tests/support/micro-model.ts',
        ].map((file) => join(ROOT, file)),
      }),
    )
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      stdio: 'pipe',
    })
    seen = JSON.parse(execFileSync(process.execPath, [join(folder, 'script.mjs')], { encoding: 'utf8' }))
  }, 60_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('is the port of the use cases, by structure', () => {
    expect(IS_THE_PORT).toBe(true)
  })

  it('gives the bits of the runner for all four questions', () => {
    expect(seen.same).toEqual({ forward: true, measure: true, gradients: true, means: true })
  })

  it('reports progress to the last pass', () => {
    expect(seen.progress).toHaveLength(82)
    expect(seen.progress.at(-1)).toEqual([82, 82])
  })

  it('refuses with the same error that the runner throws', () => {
    expect(seen.refused).toEqual({
      name: 'InvalidInput',
      code: 'BAD_INPUT',
      message: 'token 99 at position 0 is not in the vocabulary of 7',
    })
  })

  it('stops when cancelled, and answers on', () => {
    expect(seen.cancelled).toBe('CANCELLED')
    expect(seen.after).toBe(true)
  })
})

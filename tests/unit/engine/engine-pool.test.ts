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
import { maskableSites } from './dist/src/model/model-graph.js'
import { allOf } from './dist/src/domain/experiment/channel-set.js'

const data = randomModel(microConfig({ afrac: 0.5, sink: true }), 61)
const source = { load: async () => data, maxModels: 1 }
const runner = new EngineRunner(source)
const pool = new EnginePool({ ...source, workers: 2 })
const at = 'ALL'
const prompts = [{ tokens: [1, 2, 3, 4], target: 5, alternative: 6, at }, { tokens: [6, 6, 0], target: null, alternative: null, at }]
const gates = { norms: 'LIVE', attention: 'LIVE', topK: 'LIVE' }
const nothing = { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } }
const sets = Array.from({ length: 9 }, (_, i) => ({ channels: new Map([['0.mlp.post_act', Uint32Array.of(i)]]), complement: false }))
const fills = Array.from({ length: 40 }, (_, value) => ({ kind: 'CONSTANT', value }))
const variants = fills.map((_, fill) => ({ replaced: [{ set: fill % 9, positions: null }], links: [], fill }))
const metrics = ['TASK_LOSS', 'KL_DIVERGENCE'].map((name) => ({ name, against: null }))
const asked = {
  run: { modelId: 'm', tokens: [1, 2, 3], background: nothing, gates, record: ['1.attn.pattern', 'final_resid'], measure: null, generate: null,
    edits: [{ tap: '0.mlp.post_act', channels: Uint32Array.of(7), positions: null, change: { kind: 'SET', value: 7 } }] },
  measure: { modelId: 'm', prompts, metrics, universe: new Map(), sets, linkSets: [], positions: [], fills, variants, gates, execution: 'MASKED' },
  attribute: { modelId: 'm', prompts, metric: metrics[0], method: { kind: 'GRADIENT_TIMES_ACTIVATION' }, gates,
    of: { kind: 'CHANNELS', channels: new Map([['0.attn.q', Uint32Array.of(0, 5)], ['1.mlp.post_act', Uint32Array.of(3)]]) },
    baseline: { kind: 'CONSTANT', value: 0 }, background: nothing },
  means: { modelId: 'm', sequences: [[1, 2], [3, 4, 5]], axis: 'PER_CHANNEL' },
}
const watching = { signal: new AbortController().signal }
const plain = (value) => JSON.stringify(value, (_, v) => (v instanceof Map ? [...v] : ArrayBuffer.isView(v) ? Array.from(v) : v))
// How many runs it took depends on the parts; what was measured does not.
const bits = ({ evaluations, ...answer }) => plain(answer)
const seen = { same: {} }
for (const [kind, request] of Object.entries(asked)) {
  const [here, there] = await Promise.all([runner[kind](request, watching), pool[kind](request, watching)])
  seen.same[kind] = bits(here).length > 100 && bits(here) === bits(there)
}
seen.progress = []
seen.rows = []
await pool.measure(asked.measure, {
  ...watching,
  onProgress: (done, total) => seen.progress.push([done, total]),
  onRows: ({ first, values }) => seen.rows.push([first, values.length]),
})
seen.refused = await pool.run({ ...asked.run, tokens: [99] }, watching).catch((error) => ({ name: error.name, code: error.code, message: error.message }))
const many = Array.from({ length: 200000 }, () => variants[0])
const controller = new AbortController()
let stoppedAt = 0
seen.cancelled = await pool
  .measure({ ...asked.measure, variants: many }, { signal: controller.signal, onProgress: (done) => {
    if (done > 3 && stoppedAt === 0) { stoppedAt = performance.now(); controller.abort() }
  } })
  .catch((error) => error.code)
seen.stoppedWithin = performance.now() - stoppedAt
// A model large enough for compiled kernels: cancelled again and again, it never runs out of arenas or mixes numbers.
const large = randomModel(microConfig({ d_model: 128, d_mlp: 512, n_head: 4, d_head: 16, block_size: 40, vocab_size: 64, afrac: 0.3 }), 6, 0.5)
const largePool = new EnginePool({ load: async () => large, maxModels: 1, workers: 2 })
const largeRun = { ...asked.run, tokens: Array.from({ length: 40 }, (_, i) => i), edits: [] }
const first = plain(await largePool.run(largeRun, watching))
const longPrompt = { tokens: largeRun.tokens, target: 5, alternative: 6, at }
for (let i = 0; i < 40; i++) {
  const stop = new AbortController()
  const work = largePool.measure({ ...asked.measure, prompts: [longPrompt], variants: many.slice(0, 2000), metrics: [metrics[0]] }, { signal: stop.signal, onProgress: () => stop.abort() })
  if (i % 4 === 0) stop.abort()
  await work.catch(() => {})
}
const together = await Promise.all(Array.from({ length: 8 }, () => largePool.run(largeRun, watching)))
seen.large = together.every((answer) => plain(answer) === first)
// Circuits of a model are compiled to the same bits by any number of workers.
const sites = maskableSites(large.config)
const kept = (i) => new Map(sites.map(({ tap, width }) => [tap, Uint32Array.of((7 * i) % width)]))
const circuits = { ...asked.measure, prompts: [longPrompt], universe: allOf(sites), execution: 'COMPILED',
  sets: fills.map((_, i) => ({ channels: kept(i), complement: true })),
  variants: fills.map((_, set) => ({ replaced: [{ set, positions: null }], links: [], fill: set })) }
const largeRunner = new EngineRunner({ load: async () => large, maxModels: 1 })
const compiledHere = await largeRunner.measure(circuits, watching)
seen.helped = plain(await largeRunner.run(largeRun, watching)) === first
seen.compiled = [compiledHere.compiled, bits(await largePool.measure(circuits, watching)) === bits(compiledHere)]
await largePool.close()
seen.after = plain(await pool.run(asked.run, watching)) === plain(await runner.run(asked.run, watching))
await pool.close()
console.log(JSON.stringify(seen))
`

describe('the pool of worker threads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-engine-'))
  let seen: {
    readonly same: Readonly<Record<string, boolean>>
    readonly progress: readonly (readonly [number, number])[]
    readonly rows: readonly (readonly [number, number])[]
    readonly stoppedWithin: number
    readonly refused: { readonly name: string; readonly code: string; readonly message: string }
    readonly cancelled: string
    readonly after: boolean
    readonly large: boolean
    readonly helped: boolean
    readonly compiled: readonly [number, boolean]
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
          'src/engine/engine-runner.ts',
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
    expect(seen.same).toEqual({ run: true, measure: true, attribute: true, means: true })
  })

  it('reports progress to the last pass, and rows as they are complete', () => {
    const [done, total] = seen.progress.at(-1)!
    expect(done).toBe(total)
    expect(seen.progress.map(([passes]) => passes)).toEqual(seen.progress.map((_, i) => i + 1))
    let next = 0
    for (const [first, length] of seen.rows) {
      expect(first).toBe(next)
      next += length / 4 // two metrics on two prompts
    }
    expect(next).toBe(40)
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

  it('gives the same bits where a second thread helps a long prompt', () => {
    expect(seen.helped).toBe(true)
  })

  it('compiles circuits to the bits of the runner', () => {
    expect(seen.compiled).toEqual([40, true])
  })

  it('keeps arenas of a shared memory apart, however many tasks were stopped in the middle', () => {
    expect(seen.large).toBe(true)
  })
})

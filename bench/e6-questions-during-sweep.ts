/**
 * E6 of the engine goals: a leave-one-out sweep runs on a server, as a job; how much later do other questions come back,
 * and how much sooner is the sweep done with two workers than with one? A server of its own per setting, real HTTP,
 * a generated model of 13 M parameters.
 * Run: `npm run build && node tests/support/run-typescript.cjs bench/e6-questions-during-sweep.ts`
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSparseModel } from '../src/formats/sparse-release/write-sparse-model.js'
import { benchConfig, benchModel, benchTokens } from './engine-model.js'
import { MAIN, type Served, serve } from './served.js'

const QUESTIONS = 400
const NODES = Number(process.env['CIRCUITQL_BENCH_NODES'] ?? 600)
/** Between one question and the next: a person and a viewer, not a flood. */
const PAUSE_MS = 20
const CONFIG = { n_layer: 4, d_model: 512, n_head: 32, d_mlp: 2048, vocab_size: 1024 }

const DOUBLE = '[4, 5, 2, 0, 6, 7, 8, 9, 10, 11]'
const CIRCUIT = 'circuit(ref: { name: "string-closing" })'
/** A list, a page of nodes, paths, and a question that runs the model. */
const SHORT = {
  catalogue: '{ circuits(first: 20) { nodes { id source createdAt } } }',
  nodes: `{ ${CIRCUIT} { nodes(first: 50) { nodes { address kind } } } }`,
  paths: `{ ${CIRCUIT} { paths(first: 10) { ... on PathAnswer { totalCount } ... on Problem { message } } } }`,
  ablation: `{ ${CIRCUIT} { ablate(input: { target: { nodes: { where: {} } } background: CIRCUIT
    on: { prompts: [{ prompt: { tokens: ${DOUBLE} }, target: 0, alternative: 1 }] }
    metrics: [{ preset: LOGIT_DIFFERENCE }] }) { ... on AblationAnswer { readings { effect } } ... on Problem { message } } } }`,
} as const
type Kind = keyof typeof SHORT

function sweep(model: string, tokens: readonly number[]): string {
  const address = (i: number): string => `"${i % 4}.mlp.post_act[${(i * 37) % 2048}]"`
  const nodes = Array.from({ length: NODES }, (_, i) => address(i)).join()
  return `mutation { startQuestion(input: { graph: { model: { id: "${model}" } } question: { ablate: {
    target: { nodes: { addresses: [${nodes}] } } sweep: { preset: EACH_NODE } replacements: [{ preset: ZERO }]
    on: { prompts: [{ prompt: { tokens: [${tokens.join()}] }, target: 5, alternative: 7 }] }
    metrics: [{ preset: LOGIT_DIFFERENCE }] } } }) {
      ... on StartQuestionPayload { job { id } } ... on Problem { message } } }`
}

/** Milliseconds by kind of question, asked one after another in turn; until `until` says so. */
async function ask(house: Served, until: (asked: number) => boolean): Promise<Map<Kind, number[]>> {
  const times = new Map<Kind, number[]>()
  const kinds = Object.keys(SHORT) as Kind[]
  for (let i = 0; !until(i); i++) {
    const kind = kinds[i % kinds.length]!
    const from = performance.now()
    await house.ask(SHORT[kind])
    times.set(kind, [...(times.get(kind) ?? []), performance.now() - from])
    await new Promise((wait) => setTimeout(wait, PAUSE_MS))
  }
  return times
}

const quantile = (times: readonly number[], share: number): number => {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`

/** Starts a job and gives back the seconds until it has succeeded. */
async function run(house: Served, mutation: string): Promise<number> {
  const from = performance.now()
  const { startQuestion } = await house.ask<{
    startQuestion: { job?: { id: string }; message?: string }
  }>(mutation)
  if (startQuestion.job === undefined) throw new Error(startQuestion.message)
  for (;;) {
    await new Promise((wait) => setTimeout(wait, 100))
    const { job } = await house.ask<{ job: { state: string } }>(
      `{ job(id: "${startQuestion.job.id}") { state } }`,
    )
    if (job.state === 'SUCCEEDED') return (performance.now() - from) / 1000
    if (job.state !== 'RUNNING' && job.state !== 'QUEUED') throw new Error(`the sweep ${job.state}`)
  }
}

async function measured(store: string, workers: number, tokens: readonly number[]) {
  const house = await serve(store, { CIRCUITQL_WORKERS: `${workers}` })
  try {
    const { models } = await house.ask<{ models: { nodes: { id: string; layers?: number }[] } }>(
      '{ models(first: 20) { nodes { id config } } }',
    )
    const model = models.nodes.find((one) => JSON.stringify(one).includes('512'))!.id
    await ask(house, (asked) => asked >= 80)
    const idle = await ask(house, (asked) => asked >= QUESTIONS)
    const alone = await run(house, sweep(model, tokens))
    let done = false
    const beside = run(house, sweep(model, tokens)).finally(() => {
      done = true
    })
    const busy = await ask(house, () => done)
    await beside
    return { idle, busy, seconds: alone }
  } finally {
    house.close()
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-e6-'))
  try {
    const config = benchConfig(CONFIG)
    mkdirSync(join(folder, 'model'))
    for (const { name, bytes } of writeSparseModel(benchModel(config)))
      writeFileSync(join(folder, 'model', name), bytes)
    const tokens = benchTokens(config, 128)
    console.log(
      `${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}; ${NODES} nodes one by one, ${tokens.length} tokens`,
    )
    const seconds = new Map<number, number>()
    for (const workers of [1, 2]) {
      const store = join(folder, `store-${workers}`)
      const env = { ...process.env, CIRCUITQL_STORE: `embedded:${store}`, CIRCUITQL_LOG: 'error' }
      execFileSync(process.execPath, [MAIN, 'import', join(folder, 'model')], { env, stdio: 'pipe' })
      const { idle, busy, seconds: alone } = await measured(store, workers, tokens)
      seconds.set(workers, alone)
      console.log(`${workers} worker(s): the sweep alone takes ${alone.toFixed(1)} s`)
      for (const [kind, times] of busy) {
        const before = idle.get(kind)!
        const row = (t: readonly number[]): string =>
          `p50 ${quantile(t, 0.5).toFixed(1)}, p99 ${quantile(t, 0.99).toFixed(1)} ms (${t.length})`
        console.log(
          `  ${kind.padEnd(10)} idle ${row(before)}; during the sweep ${row(times)}; p99 ${signed(quantile(times, 0.99) - quantile(before, 0.99))} ms`,
        )
      }
    }
    console.log(`two workers against one: ${(seconds.get(1)! / seconds.get(2)!).toFixed(2)} ×`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

void main()

/**
 * How long does the event loop stand still while large structural questions run? A server with a circuit of 1.03 M edges
 * and model M (3.7 M nonzero weights) answers each question, once fresh and twice more, while another client asks `meta`
 * every 10 ms. Shown: the time of the first and of the third answer, the longest delay of the event loop by the server's
 * own clock, and the longest time that `meta` took.
 * Run: `npm run build && node tests/support/run-typescript.cjs bench/event-loop.ts [PART OF A NAME]`
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSparseModel } from '../src/formats/sparse-release/write-sparse-model.js'
import { openEmbeddedMigrator, openEmbeddedStore } from '../src/stores/embedded/open-embedded.js'
import { circuitRecord } from '../tests/support/random-circuit.js'
import { benchModel, SEED } from './engine-model.js'
import {
  CIRCUIT_QUESTIONS,
  CIRCUIT_RUNS,
  CIRCUIT_SEED,
  DOWNLOADS,
  largeCircuit,
  MODEL_QUESTIONS,
  MODEL_RUNS,
  type Questions,
} from './structural-questions.js'

const CLI = join(__dirname, '../dist/src/cli/main.js')
const SERVER = join(__dirname, '../dist/src/server/main.js')
const LIMIT_MS = 50
const META_EVERY_MS = 10
/** Asked on `/graphql/stream` too. */
const AS_EVENTS = ['summary', 'paths', 'columns of a filter', 'flow']
const MODEL_NAME = 'bench-m'

interface Server {
  readonly url: string
  readonly process: ChildProcess
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await new Promise((ready) => server.once('listening', ready))
  const { port } = server.address() as { port: number }
  await new Promise((closed) => server.close(closed))
  return port
}

async function serve(store: string): Promise<Server> {
  const port = await freePort()
  const env = {
    ...process.env,
    PORT: `${port}`,
    CIRCUITQL_STORE: `embedded:${store}`,
    CIRCUITQL_LOG: 'error',
  }
  const child = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; ; tries++) {
    const up = await fetch(`${url}/health/ready`).catch(() => null)
    if (up?.ok) break
    if (tries > 300) throw new Error('the server did not come up')
    await new Promise((wait) => setTimeout(wait, 100))
  }
  return { url, process: child }
}

interface Answer {
  readonly ms: number
  /** A refusal's code, or the number of bytes. */
  readonly said: string
}

async function ask({ url }: Server, query: string, asEvents = false): Promise<Answer> {
  const from = performance.now()
  const response = await fetch(`${url}/graphql${asEvents ? '/stream' : ''}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(asEvents ? { accept: 'text/event-stream' } : {}),
    },
    body: JSON.stringify({ query }),
  })
  const text = await response.text()
  const ms = performance.now() - from
  const refusal = /"code":"([A-Z_]+)"[^}]*"message":"([^"]*)|"message":"([^"]*)/.exec(text)
  const said = refusal ? (refusal[1] ?? refusal[3] ?? 'refused').slice(0, 60) : `${text.length} B`
  return { ms, said }
}

async function download({ url }: Server, id: string, ending: string): Promise<Answer> {
  const from = performance.now()
  const response = await fetch(`${url}/graphs/${id}.${ending}`)
  let bytes = 0
  for await (const chunk of response.body!) bytes += (chunk as Uint8Array).length
  return { ms: performance.now() - from, said: response.ok ? `${bytes} B` : `${response.status}` }
}

async function longestDelay({ url }: Server): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return 1_000 * Number(/^circuitql_event_loop_longest_delay_seconds (\S+)$/m.exec(text)?.[1] ?? Number.NaN)
}

/** Asks `meta` every so often until it is stopped; gives back the longest time it took. */
function otherClient(server: Server): { stop(): Promise<number> } {
  let longest = 0
  let going = true
  const done = (async () => {
    while (going) {
      const { ms } = await ask(server, '{ meta { version } }').catch(() => ({ ms: Number.POSITIVE_INFINITY }))
      longest = Math.max(longest, ms)
      await new Promise((wait) => setTimeout(wait, META_EVERY_MS))
    }
  })()
  return {
    stop: async () => {
      going = false
      await done
      return longest
    },
  }
}

async function measure(
  server: Server,
  graph: string,
  questions: Readonly<Record<string, () => Promise<Answer>>>,
) {
  let worst = 0
  for (const [question, put] of Object.entries(questions)) {
    await longestDelay(server)
    const other = otherClient(server)
    const first = await put()
    const fresh = await longestDelay(server)
    await put()
    const third = await put()
    const warm = await longestDelay(server)
    const meta = await other.stop()
    console.log(
      `${graph.padEnd(8)} ${question.padEnd(34)} first ${first.ms.toFixed(0)} ms, third ${third.ms.toFixed(0)} ms; loop ${fresh.toFixed(0)} / ${warm.toFixed(0)} ms; meta ${meta.toFixed(0)} ms; ${third.said}`,
    )
    worst = Math.max(worst, fresh, warm)
  }
  return worst
}

async function main(): Promise<void> {
  const part = process.argv[2] ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-loop-'))
  const store = join(folder, 'store')
  const options = { directory: store, migrationsDirectory: join(__dirname, '../migrations/embedded') }
  try {
    mkdirSync(join(folder, MODEL_NAME))
    for (const { name, bytes } of writeSparseModel(benchModel()))
      writeFileSync(join(folder, MODEL_NAME, name), bytes)
    const env = { ...process.env, CIRCUITQL_STORE: `embedded:${store}`, CIRCUITQL_EXAMPLES: 'off' }
    execFileSync(process.execPath, [CLI, 'import', join(folder, MODEL_NAME)], { env, stdio: 'pipe' })
    const migrator = await openEmbeddedMigrator(options)
    await migrator.up()
    await migrator.close()
    const circuit = largeCircuit()
    const opened = await openEmbeddedStore(options)
    await opened.putCircuit({ ...circuitRecord(circuit, 1), annotations: [], scoreSets: [] })
    const { rows } = await opened.findModels({
      nameContains: null,
      orderBy: [],
      limit: 1,
      after: null,
      backwards: false,
    })
    const model = rows[0]!.row.id
    await opened.close()
    console.log(
      `${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}; circuit of ${circuit.edges.count} edges and ${circuit.nodes.length} nodes (seed ${CIRCUIT_SEED}), model M (seed ${SEED}); meta every ${META_EVERY_MS} ms`,
    )
    const server = await serve(store)
    try {
      const of = (root: string, id: string, questions: Questions, download_: string) =>
        Object.fromEntries(
          [
            ...Object.entries(questions).map(([name, field]): [string, () => Promise<Answer>] => [
              name,
              () => ask(server, `{ ${root}(ref: { id: "${id}" }) { ${field} } }`),
            ]),
            ...Object.entries(questions)
              .filter(([name]) => AS_EVENTS.includes(name))
              .map(([name, field]): [string, () => Promise<Answer>] => [
                `${name}, as events`,
                () => ask(server, `{ ${root}(ref: { id: "${id}" }) { ${field} } }`, true),
              ]),
            ...DOWNLOADS.map((ending): [string, () => Promise<Answer>] => [
              `download ${ending}`,
              () => download(server, download_, ending),
            ]),
          ].filter(([name]) => name.includes(part)),
        )
      const seen = [
        await measure(
          server,
          'circuit',
          of('circuit', circuit.id, { ...CIRCUIT_QUESTIONS, ...CIRCUIT_RUNS }, `circuit:${circuit.id}`),
        ),
        await measure(
          server,
          'model',
          of('model', model, { ...MODEL_QUESTIONS, ...MODEL_RUNS }, `model:${model}`),
        ),
      ]
      const worst = Math.max(...seen)
      console.log(
        `longest delay of the event loop ${worst.toFixed(0)} ms; limit ${LIMIT_MS} ms: ${worst <= LIMIT_MS ? 'held' : 'missed'}`,
      )
      const memory = await (await fetch(`${server.url}/metrics`)).text()
      const bytes = Number(/^circuitql_memory_bytes (\S+)$/m.exec(memory)?.[1])
      console.log(`memory of the server at the end: ${(bytes / 2 ** 20).toFixed(0)} MiB`)
    } finally {
      server.process.kill()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

void main()

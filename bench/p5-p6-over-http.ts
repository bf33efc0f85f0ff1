/**
 * P5 and P6 of the structure goals, over HTTP: the 100 strongest token → logit paths of model M as a graph; a page of
 * 1,000 edges × 6 fields as objects beside a plain Apollo server that answers the same rows from memory; 10,000 edges as
 * columns, as they were before and of a new filter each time, beside a bare HTTP server that writes the same columns with
 * JSON.stringify; a million edges as an Arrow stream. Sides take turns in one run; medians and ranges.
 * Run: `npm run build && node tests/support/run-typescript.cjs bench/p5-p6-over-http.ts [lists | stream | paths]`
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApolloServer } from '@apollo/server'
import { expressMiddleware } from '@as-integrations/express5'
import express from 'express'
import { EDGE_KINDS, PORT_CODES } from '../src/domain/graph-data.js'
import { writeSparseModel } from '../src/formats/sparse-release/write-sparse-model.js'
import { openEmbeddedMigrator, openEmbeddedStore } from '../src/stores/embedded/open-embedded.js'
import { layeredCircuit } from '../tests/support/layered-circuit.js'
import { circuitRecord } from '../tests/support/random-circuit.js'
import { benchModel } from './engine-model.js'
import { MAIN, type Served, serve } from './served.js'
import { median, shown } from './timing.js'

const RUNS = Number(process.env['CIRCUITQL_BENCH_RUNS'] ?? 9)
const AT_ONCE = 4
const SMALL = layeredCircuit({ layers: 12, width: 60, degree: 15, seed: 7 })
const LARGE = layeredCircuit({ layers: 20, width: 1_000, degree: 54, seed: 7 })
const FIELDS = 'id weight kind source { address } target { address }'

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return (performance.now() - from) / 1000
}

const post = async (url: string, query: string): Promise<Buffer> => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })
  const bytes = Buffer.from(await response.arrayBuffer())
  if (response.status !== 200 || bytes.includes('"errors"')) throw new Error(bytes.toString('utf8', 0, 400))
  return bytes
}

/** Answers per second, some at once. */
async function rate(url: string, query: string | (() => string), count: number): Promise<number> {
  let left = count
  const asker = async (): Promise<void> => {
    while (left-- > 0) await post(url, typeof query === 'string' ? query : query())
  }
  return count / (await timed(() => Promise.all(Array.from({ length: AT_ONCE }, asker))))
}

const closed = (server: Server): void => {
  server.close()
  server.closeAllConnections()
}

/** The same rows from memory, behind the same framework and nothing else. */
async function plainApollo(): Promise<{ readonly url: string; close(): void }> {
  const { nodes, edges } = SMALL
  const rows = Array.from({ length: 1_000 }, (_, e) => ({
    id: `edge:${e}`,
    weight: edges.weight[e]!,
    kind: 'EFFECT',
    source: { address: nodes[edges.source[e]!]!.address },
    target: { address: nodes[edges.target[e]!]!.address },
  }))
  const server = new ApolloServer({
    typeDefs: `type End { address: String! } type Edge { id: ID! weight: Float kind: String! source: End! target: End! }
      type Query { edges: [Edge!]! }`,
    resolvers: { Query: { edges: () => rows } },
    stopOnTerminationSignals: false,
  })
  await server.start()
  const app = express()
  app.use('/graphql', express.json(), expressMiddleware(server))
  const listening = app.listen(0)
  await new Promise((ready) => listening.once('listening', ready))
  const { port } = listening.address() as { port: number }
  return { url: `http://127.0.0.1:${port}/graphql`, close: () => closed(listening) }
}

/** The same columns from memory, as arrays of numbers and texts, behind nothing but HTTP. */
async function bareHttp(): Promise<{ readonly url: string; close(): void }> {
  const { nodes, edges } = SMALL
  const columns = {
    nodeAddress: nodes.map(({ address }) => address),
    source: [...edges.source],
    target: [...edges.target],
    kind: Array.from(edges.kind, (kind) => EDGE_KINDS[kind]),
    port: Array.from(edges.port, (port) => PORT_CODES[port]),
    weight: [...edges.weight],
  }
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ data: { circuit: { columns } } }))
    })
  }).listen(0)
  await new Promise((ready) => server.once('listening', ready))
  const { port } = server.address() as { port: number }
  return { url: `http://127.0.0.1:${port}/`, close: () => closed(server) }
}

const memory = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024

async function lists(server: Served): Promise<void> {
  const apollo = await plainApollo()
  const graphql = `${server.url}/graphql`
  const own = `{ circuit(ref: { id: "${SMALL.id}" }) { edges(first: 1000) { nodes { ${FIELDS} } } } }`
  const columns = (filter: string): string =>
    `{ circuit(ref: { id: "${SMALL.id}" }) { columns${filter} { ... on GraphColumns { nodeAddress source target kind port weight } } } }`
  const bare = await bareHttp()
  const rates: Record<'own' | 'plain' | 'columns' | 'fresh' | 'bare', number[]> = {
    ...{ own: [], plain: [], columns: [], fresh: [], bare: [] },
  }
  let filters = 0
  for (let i = -1; i < RUNS; i++) {
    const plain = await rate(apollo.url, `{ edges { ${FIELDS} } }`, 60)
    const ours = await rate(graphql, own, 60)
    const wide = await rate(graphql, columns(''), 300)
    const fresh = await rate(graphql, () => columns(`(edges: { weight: { lte: ${1e6 + filters++} } })`), 100)
    const stringified = await rate(bare.url, columns(''), 300)
    if (i < 0) continue
    rates.plain.push(plain)
    rates.own.push(ours)
    rates.columns.push(wide)
    rates.fresh.push(fresh)
    rates.bare.push(stringified)
  }
  apollo.close()
  bare.close()
  const per = (of: readonly number[]): string =>
    `${median(of).toFixed(0)}/s (${Math.min(...of).toFixed(0)}–${Math.max(...of).toFixed(0)})`
  console.log(
    `P6 1,000 edges × 6 fields     ${per(rates.own)}; plain Apollo ${per(rates.plain)}; goal at least as many`,
  )
  console.log(
    `   columns, ${SMALL.edges.count} edges      ${per(rates.columns)}; of a new filter each time ${per(rates.fresh)}; bare HTTP with JSON.stringify ${per(rates.bare)}; goal 300/s`,
  )
}

async function stream(server: Served): Promise<void> {
  const url = `${server.url}/graphs/circuit:${LARGE.id}.arrow`
  const times: number[] = []
  let bytes = 0
  let most = 0
  const before = memory(server.pid)
  for (let i = -1; i < 3; i++) {
    bytes = 0
    const seconds = await timed(async () => {
      for await (const chunk of (await fetch(url)).body!) {
        bytes += chunk.byteLength
        most = Math.max(most, memory(server.pid))
      }
    })
    if (i >= 0) times.push(seconds)
  }
  const mebibytes = (of: number): string => (of / 2 ** 20).toFixed(0)
  const speed = (bytes / 1e6 / median(times)).toFixed(0)
  console.log(
    `   Arrow, ${LARGE.edges.count} edges   ${speed} MB/s (${shown(times)} for ${mebibytes(bytes)} MiB); goal 100 MB/s; memory ${mebibytes(before)} → at most ${mebibytes(most)} MiB`,
  )
}

async function paths(server: Served, model: string): Promise<void> {
  const query = `{ model(ref: { id: "${model}" }) { paths(from: { attached: "token(5)" }, to: { attached: "logit(7)" }, first: 100) {
    ... on PathAnswer { totalCount paths { nodes { product } } } ... on Problem { message } } } }`
  const first = await timed(() => post(`${server.url}/graphql`, query))
  const later: number[] = []
  // Another pair of ends each time: nothing of the answer is kept, only what belongs to the graph.
  for (let i = 0; i < 3; i++)
    later.push(await timed(() => post(`${server.url}/graphql`, query.replace('token(5)', `token(${i + 8})`))))
  console.log(
    `P5 100 strongest of model M    first ${first.toFixed(1)} s with loading, then ${shown(later)}; goal 0.100 s`,
  )
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-http-'))
  const store = join(folder, 'store')
  try {
    console.log(
      `${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}; ${RUNS} runs, ${AT_ONCE} askers at once`,
    )
    const env = { ...process.env, CIRCUITQL_STORE: `embedded:${store}`, CIRCUITQL_LOG: 'error' }
    const part = process.argv[2] ?? ''
    if ('paths'.startsWith(part)) {
      mkdirSync(join(folder, 'model'))
      for (const { name, bytes } of writeSparseModel(benchModel()))
        writeFileSync(join(folder, 'model', name), bytes)
      execFileSync(process.execPath, [MAIN, 'import', join(folder, 'model')], { env, stdio: 'pipe' })
    }
    const migrationsDirectory = join(__dirname, '../migrations/embedded')
    const migrator = await openEmbeddedMigrator({ directory: store, migrationsDirectory })
    await migrator.up()
    await migrator.close()
    const own = await openEmbeddedStore({ directory: store, migrationsDirectory })
    for (const circuit of [SMALL, LARGE])
      await own.putCircuit({ ...circuitRecord(circuit, 7), annotations: [], scoreSets: [] })
    await own.close()
    const server = await serve(store, { CIRCUITQL_EXAMPLES: 'off' })
    try {
      if ('lists'.startsWith(part)) await lists(server)
      if ('stream'.startsWith(part)) await stream(server)
      if (!'paths'.startsWith(part)) return
      const { models } = await server.ask<{ models: { nodes: { hash: string }[] } }>(
        '{ models { nodes { hash } } }',
      )
      await paths(server, models.nodes[0]!.hash)
    } finally {
      server.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

void main()

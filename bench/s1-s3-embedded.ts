/**
 * S1–S3 on the embedded store: store a circuit of a million edges, load it cold, page a catalogue of 10,000 circuits.
 * `node tests/support/run-typescript.cjs bench/s1-s3-embedded.ts [EDGES] [CIRCUITS]`
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeCircuit, encodeCircuit } from '../src/domain/circuit-payload.js'
import type { CircuitCatalogueQuery } from '../src/query/catalogue-query.js'
import { openEmbeddedMigrator, openEmbeddedStore } from '../src/stores/embedded/open-embedded.js'
import { circuitRecord, instant, randomCircuit } from '../tests/support/random-circuit.js'

const migrationsDirectory = join(__dirname, '../migrations/embedded')
const edges = Number(process.argv[2] ?? 1_000_000)
const circuits = Number(process.argv[3] ?? 10_000)
const rows: Record<string, string | number>[] = []

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'circuitql-bench-'))
  const options = { directory, migrationsDirectory }
  const migrator = await openEmbeddedMigrator(options)
  await migrator.up()
  await migrator.close()
  try {
    await largeCircuit(options)
    await catalogue(options)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  console.log(
    `${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.versions.node}, ${edges} edges, ${circuits} circuits, seeds 1…${circuits}`,
  )
  console.table(rows)
}

async function largeCircuit(options: { directory: string; migrationsDirectory: string }): Promise<void> {
  const circuit = randomCircuit(1, { nodes: 20_000, edges, source: 'ATTRIBUTION_GRAPH' })
  const record = { ...circuitRecord(circuit, 1), annotations: [] }
  const puts: number[] = []
  const loads: number[] = []
  const decodes: number[] = []
  const blocks: number[] = []
  const payload = encodeCircuit(circuit)
  let engine = ''
  for (let round = 0; round < 5; round++) {
    const store = await openEmbeddedStore(options)
    engine = (await store.describe()).engine
    const watch = watchEventLoop()
    puts.push(await timed(() => store.putCircuit(record)))
    blocks.push(watch.longest())
    await store.close()
    const cold = await openEmbeddedStore(options)
    loads.push(await timed(() => cold.circuit(circuit.id)))
    decodes.push(await timed(async () => decodeCircuit(payload)))
    await cold.deleteCircuit(circuit.id)
    await cold.close()
  }
  const rate = Math.round(edges / (median(puts) / 1_000))
  rows.push({
    row: 'S1',
    what: `store (${engine})`,
    median: ms(median(puts)),
    range: range(puts),
    note: `${rate.toLocaleString('en')} edges/s; goal ≥ 500,000`,
  })
  rows.push({
    row: 'S1',
    what: '  longest block of the event loop',
    median: ms(median(blocks)),
    range: range(blocks),
    note: 'goal ≤ 50 ms',
  })
  rows.push({
    row: 'S2',
    what: 'load, fresh connection',
    median: ms(median(loads)),
    range: range(loads),
    note: 'goal ≤ 60 ms',
  })
  rows.push({
    row: 'S2',
    what: '  of which decoding',
    median: ms(median(decodes)),
    range: range(decodes),
    note: `${payload.length.toLocaleString('en')} bytes`,
  })
}

async function catalogue(options: { directory: string; migrationsDirectory: string }): Promise<void> {
  const store = await openEmbeddedStore(options)
  const filling = await timed(async () => {
    for (let seed = 0; seed < circuits; seed++) {
      const circuit = randomCircuit(seed, { nodes: 8, edges: 10 })
      await store.putCircuit({
        ...circuitRecord(circuit, seed, {
          name: `circuit ${(seed * 7_919) % circuits}`,
          at: instant(seed % 5_000),
        }),
        scoreSets: [],
        annotations: [],
      })
    }
  })
  rows.push({
    row: 'S3',
    what: 'fill the catalogue',
    median: ms(filling),
    range: '',
    note: `${ms(filling / circuits)} per circuit`,
  })
  const first = { limit: 20, after: null, backwards: false }
  const contains = { kind: 'text', field: 'name', match: { contains: '77' } } as const
  const questions: readonly (readonly [string, CircuitCatalogueQuery])[] = [
    ['by name', { ...first, where: null, orderBy: [{ field: 'name', direction: 'ASC' }] }],
    [
      'by name, from the middle',
      { ...first, where: null, orderBy: [{ field: 'name', direction: 'ASC' }], after: ['circuit 5', ''] },
    ],
    [
      'by time, backwards',
      { ...first, where: null, orderBy: [{ field: 'createdAt', direction: 'DESC' }], backwards: true },
    ],
    [
      'name contains, by edges',
      { ...first, where: contains, orderBy: [{ field: 'edgeCount', direction: 'DESC' }] },
    ],
    [
      'source, prompt and not name, by time',
      {
        ...first,
        where: {
          kind: 'and',
          of: [
            { kind: 'choice', field: 'source', in: ['ATTRIBUTION_GRAPH', 'SPARSE_WEIGHTS'] },
            { kind: 'text', field: 'promptText', match: { contains: 'a' } },
            { kind: 'not', of: contains },
          ],
        },
        orderBy: [{ field: 'createdAt', direction: 'DESC' }],
      },
    ],
  ]
  for (const [what, query] of questions) {
    const times: number[] = []
    for (let i = 0; i < 60; i++) times.push(await timed(() => store.findCircuits(query)))
    rows.push({ row: 'S3', what, median: ms(median(times)), range: range(times), note: 'goal p50 ≤ 10 ms' })
  }
  await store.close()
}

/** The longest time, in milliseconds, that nothing else could run since the watch began. */
function watchEventLoop(): { longest(): number } {
  let longest = 0
  let last = performance.now()
  let watching = true
  const look = (): void => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
    if (watching) setImmediate(look)
  }
  setImmediate(look)
  return {
    longest: () => {
      watching = false
      return longest
    },
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

function range(values: readonly number[]): string {
  return `${ms(Math.min(...values))} … ${ms(Math.max(...values))}`
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`
}

void main()

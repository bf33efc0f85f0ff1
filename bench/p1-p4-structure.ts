/**
 * P1 to P4 of the structure goals: strongest paths, totals and exact counts through 1.03 M edges beside SciPy and
 * igraph; influence and pruning of 8,000 nodes and about 15.7 M edges beside the dense way in NumPy. Sides take turns in
 * one run; medians and ranges.
 * Run: `node tests/support/run-typescript.cjs bench/p1-p4-structure.ts`. The peers' environment is made with pip when it
 * is missing (CIRCUITQL_PEER names a Python that has SciPy and igraph); without one this side is measured alone.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CompactGraph, compactGraph } from '../src/graph/compact-graph.js'
import type { NodeRole } from '../src/graph/influence.js'
import { countPaths } from '../src/graph/path-count.js'
import { pathTotals } from '../src/graph/path-totals.js'
import { pruneGraph } from '../src/graph/prune-graph.js'
import { toFloat } from '../src/graph/scaled-number.js'
import { strongestPaths } from '../src/graph/strongest-paths.js'
import { topologicalOrder } from '../src/graph/topological-order.js'
import { Peer, python } from './peer.js'
import { attributionGraph, type Columns, layeredGraph, SEED, writeColumns } from './random-graphs.js'
import { median, shown } from './timing.js'

const RUNS = Number(process.env['CIRCUITQL_BENCH_RUNS'] ?? 5)
const PACKAGES = ['numpy==2.4.6', 'scipy==1.17.1', 'igraph==1.0.0']
const LAYERS = 26
const WIDTH = 306
const SHAPE = { tokens: 34, logits: 10 }
const PROBABILITY = 0.09

interface Told {
  readonly seconds: number
  readonly value: number
  readonly VmHWM: number
}

const once = <T>(work: () => T): { readonly seconds: number; readonly value: T } => {
  const from = performance.now()
  const value = work()
  return { value, seconds: (performance.now() - from) / 1000 }
}
const row = (name: string, times: readonly number[], more = ''): void =>
  console.log(`${name.padEnd(44)} ${shown(times)}${more}`)
const close = (a: number, b: number, within: number): void => {
  if (!(Math.abs(a - b) <= within * Math.abs(b))) throw new Error(`the sides differ: ${a} and ${b}`)
}

const prepared = ({ nodeCount, source, target, weight }: Columns) => {
  const graph = compactGraph(nodeCount, source, target, weight)
  return { graph, order: topologicalOrder(graph) }
}

async function paths(folder: string, binary: string | null): Promise<void> {
  const columns = layeredGraph(20, 1_000, 54)
  const { nodeCount, source } = columns
  console.log(`\n${nodeCount} nodes, ${source.length} edges, one source, one sink`)
  writeColumns(folder, 'paths', columns, { source: 0, sink: nodeCount - 1 })
  const peer = binary === null ? null : new Peer(binary, 'graph_questions.py', [folder, 'paths'])
  if (peer !== null) console.log(`peer: ${JSON.stringify(await peer.line())}`)
  const ends = { sources: [0], sinks: [nodeCount - 1], rank: 'ABSOLUTE_PRODUCT' as const }
  const strongest = (graph: CompactGraph, order: Uint32Array, count: number): number => {
    let last = 0
    const stream = strongestPaths(graph, order, ends)
    for (let i = 0; i < count; i++) last = toFloat(stream.next()!.scaledProduct!)
    return last
  }
  const times = new Map<string, number[]>()
  const note = (name: string, seconds: number): void => {
    times.set(name, [...(times.get(name) ?? []), seconds])
  }
  for (let i = -2; i < RUNS; i++) {
    const setUp = once(() => prepared(columns))
    const { graph, order } = setUp.value
    const few = once(() => strongest(graph, order, 100))
    const many = once(() => strongest(graph, order, 10_000))
    const totals = once(() => pathTotals(graph, order, ends.sources, ends.sinks))
    const count = once(() => countPaths(graph, order, ends.sources, ends.sinks))
    if (i < 0) continue
    note('set-up', setUp.seconds)
    note('100', few.seconds)
    note('10,000', many.seconds)
    note('totals', totals.seconds)
    note('count', count.seconds)
    if (peer === null) continue
    for (const command of ['yen', 'igraph', 'signed', 'absolute']) {
      // Seconds each: three turns tell enough.
      if (i >= 3 && (command === 'yen' || command === 'igraph')) continue
      const told = await peer.ask<Told>(command)
      const ours = { signed: totals.value.signed, absolute: totals.value.absolute }[command]
      close(told.value, ours === undefined ? Math.abs(few.value) : toFloat(ours), 1e-9)
      note(command, told.seconds)
    }
  }
  peer?.end()
  const of = (name: string): number => median(times.get(name)!)
  row('set-up: rows by source and target, order', times.get('set-up')!, '; limit 0.060 s')
  row('P1 100 strongest', times.get('100')!)
  for (const name of ['yen', 'igraph'])
    if (times.has(name))
      row(`   ${name}`, times.get(name)!, ` → ${(of(name) / of('100')).toFixed(0)} ×; goal 300 × the better`)
  row('P2 10,000 strongest', times.get('10,000')!, '; limit 0.100 s')
  row('P3 signed and absolute totals', times.get('totals')!)
  row('   exact count', times.get('count')!)
  if (!times.has('signed')) return
  row('   SciPy, signed', times.get('signed')!)
  row('   SciPy, absolute', times.get('absolute')!)
  const share = (of('totals') + of('count')) / (of('signed') + of('absolute'))
  console.log(`   all three in ${share.toFixed(2)} of the time of SciPy's two sums; goal 1`)
}

function influenceQuestion(columns: Columns) {
  const firstLogit = columns.nodeCount - SHAPE.logits
  const role = (v: number): NodeRole => (v < SHAPE.tokens ? 'token' : v >= firstLogit ? 'logit' : 'feature')
  const roles = Array.from({ length: columns.nodeCount }, (_, v) => role(v))
  const start = Float64Array.from(roles, (of) => (of === 'logit' ? Math.fround(PROBABILITY) : 0))
  const { graph, order } = prepared(columns)
  return { firstLogit, prune: () => pruneGraph(graph, order, roles, start, 0.8, 0.98) }
}

const sum = (flags: Uint8Array): number => flags.reduce((total, flag) => total + flag, 0)

async function influence(folder: string, binary: string | null): Promise<void> {
  const columns = attributionGraph(LAYERS, WIDTH, 0.512, SHAPE)
  console.log(`\n${columns.nodeCount} nodes, ${columns.source.length} edges in ${LAYERS} layers`)
  const setUp = once(() => influenceQuestion(columns))
  const facts = { firstLogit: setUp.value.firstLogit, tokens: SHAPE.tokens, probability: PROBABILITY }
  writeColumns(folder, 'influence', columns, facts)
  const peer = binary === null ? null : new Peer(binary, 'graph_questions.py', [folder, 'influence'])
  if (peer !== null) console.log(`peer: ${JSON.stringify(await peer.line())}`)
  const own: number[] = []
  const theirs: number[] = []
  let told: Told | null = null
  for (let i = -1; i < RUNS; i++) {
    const { seconds, value } = once(setUp.value.prune)
    if (i < 0) continue
    own.push(seconds)
    if (peer === null) continue
    told = await peer.ask<Told>('pruned')
    theirs.push(told.seconds)
    // They add in float32: a node or an edge at the threshold may fall on the other side.
    close(Math.floor(told.value), sum(value.keptNodes), 2e-3)
    close((told.value % 1) * 1e9, sum(value.keptEdges), 2e-3)
  }
  peer?.end()
  row('P4 set-up: rows by source and target, order', [setUp.seconds])
  row('   influence and pruning 0.8 / 0.98', own)
  if (told === null) return
  const ratio = (median(theirs) / median(own)).toFixed(1)
  row('   dense, NumPy float32', theirs, ` → ${ratio} ×; goal 30 ×`)
  const bytes = Number(
    execFileSync(
      process.execPath,
      [join(__dirname, '../tests/support/run-typescript.cjs'), __filename, folder],
      { encoding: 'utf8' },
    ),
  )
  const mebibytes = (of: number): string => (of / 2 ** 20).toFixed(0)
  console.log(
    `   most memory: ${mebibytes(bytes)} MiB, the peer ${mebibytes(told.VmHWM)} MiB (${(bytes / told.VmHWM).toFixed(2)}; goal 1/3)`,
  )
}

/** In a process of its own: most memory while the written graph is pruned, bytes. */
function tellMemory(folder: string): void {
  const read = (ending: string): ArrayBuffer => readFileSync(join(folder, ending)).buffer as ArrayBuffer
  const ends = new Uint32Array(read('influence.ends'))
  const facts = JSON.parse(readFileSync(join(folder, 'influence.json'), 'utf8')) as { nodes: number }
  const source = ends.subarray(0, ends.length / 2)
  const target = ends.subarray(ends.length / 2)
  const weight = new Float64Array(read('influence.weight'))
  influenceQuestion({ nodeCount: facts.nodes, source, target, weight }).prune()
  console.log(process.resourceUsage().maxRSS * 1024)
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-structure-'))
  try {
    const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`
    console.log(`${machine}, load ${loadavg()[0]!.toFixed(1)}; seed ${SEED}, ${RUNS} runs`)
    const binary = python('graphs', PACKAGES)
    await paths(folder, binary)
    await influence(folder, binary)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const asked = process.argv[2]
if (asked !== undefined) tellMemory(asked)
else void main()

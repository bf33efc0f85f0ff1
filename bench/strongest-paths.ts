/**
 * P1 and P2 of the structure goals: the 100 and 10,000 strongest paths through a layered graph of about a million
 * edges, with set-up, totals and exact count (P3) beside them. Medians of nine runs after two warm-up runs.
 * Run: `npx tsc -p tsconfig.json && node dist/bench/strongest-paths.js`
 */
import { cpus } from 'node:os'
import { type CompactGraph, compactGraph } from '../src/graph/compact-graph.js'
import { countPaths } from '../src/graph/path-count.js'
import { pathTotals } from '../src/graph/path-totals.js'
import { strongestPaths } from '../src/graph/strongest-paths.js'
import { topologicalOrder } from '../src/graph/topological-order.js'

const LAYERS = 20
const WIDTH = 1_000
const DEGREE = 54
const RUNS = 9

interface Columns {
  readonly nodeCount: number
  readonly source: Uint32Array
  readonly target: Uint32Array
  readonly weight: Float64Array
}

/** `LAYERS` layers of `WIDTH` nodes with edges to random nodes of the next layer; one source, one sink. */
function layered(): Columns {
  let state = 12345
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
  const edges = (LAYERS - 1) * WIDTH * DEGREE + 2 * WIDTH
  const source = new Uint32Array(edges)
  const target = new Uint32Array(edges)
  const weight = new Float64Array(edges)
  const sink = LAYERS * WIDTH + 1
  let e = 0
  const add = (from: number, to: number): void => {
    source[e] = from
    target[e] = to
    weight[e++] = random() * 2 - 1
  }
  for (let i = 0; i < WIDTH; i++) add(0, 1 + i)
  for (let layer = 0; layer + 1 < LAYERS; layer++) {
    for (let i = 0; i < WIDTH; i++) {
      for (let d = 0; d < DEGREE; d++) {
        add(1 + layer * WIDTH + i, 1 + (layer + 1) * WIDTH + Math.floor(random() * WIDTH))
      }
    }
  }
  for (let i = 0; i < WIDTH; i++) add(1 + (LAYERS - 1) * WIDTH + i, sink)
  return { nodeCount: sink + 1, source, target, weight }
}

function median(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b)
  return `${sorted[RUNS >> 1]!.toFixed(1)} ms (${sorted[0]!.toFixed(1)}–${sorted[RUNS - 1]!.toFixed(1)})`
}

function measure<T>(name: string, work: () => T): T {
  const times: number[] = []
  let result: T | undefined
  for (let run = -2; run < RUNS; run++) {
    const begin = performance.now()
    result = work()
    if (run >= 0) times.push(performance.now() - begin)
  }
  console.log(`${name.padEnd(52)} ${median(times)}`)
  return result!
}

const { nodeCount, source, target, weight } = layered()
const ends = { sources: [0], sinks: [nodeCount - 1], rank: 'ABSOLUTE_PRODUCT' as const }
const first = (graph: CompactGraph, order: Uint32Array, count: number): void => {
  const stream = strongestPaths(graph, order, ends)
  for (let i = 0; i < count; i++) stream.next()
}

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
console.log(`${nodeCount} nodes, ${source.length} edges, seed 12345`)
const { graph, order } = measure('set-up: rows by source and target, order', () => {
  const graph = compactGraph(nodeCount, source, target, weight)
  return { graph, order: topologicalOrder(graph) }
})
measure('begin: best key of every node', () => first(graph, order, 0))
measure('begin and 100 strongest', () => first(graph, order, 100))
measure('begin and 10,000 strongest', () => first(graph, order, 10_000))
measure('signed and absolute totals', () => pathTotals(graph, order, ends.sources, ends.sinks))
measure('exact count', () => countPaths(graph, order, ends.sources, ends.sinks))

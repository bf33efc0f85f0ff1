/** How many paths there are, exactly (algorithms.md A1, the semiring (+, ×) with every edge 1). */
import type { CompactGraph } from './compact-graph.js'
import { coprimeModuli } from './coprime-moduli.js'
import { distinctNodes, nodeSet } from './node-set.js'

export interface PathCount {
  readonly total: bigint
  /** One row per distinct source, ascending by node. */
  readonly sources: readonly { readonly node: number; readonly count: bigint }[]
}

/** Parallel edges make different paths; edges count whatever their value. `alive` = 0 removes a node. O(V + E). */
export function countPaths(
  graph: CompactGraph,
  order: Uint32Array,
  sources: Iterable<number>,
  sinks: Iterable<number>,
  alive: Uint8Array | null = null,
): PathCount {
  const from = distinctNodes(sources)
  const ends = nodeSet(graph.nodeCount, sinks)
  const countAt = counts(outward(graph, order, ends, alive), from)
  const rows = Array.from(from, (node) => ({ node, count: countAt(node) }))
  return { total: rows.reduce((sum, row) => sum + row.count, 0n), sources: rows }
}

/** Number of paths from any of `sources` to v (`forward`) and from v to any of `sinks` (`backward`), for all v. */
export function countPathsThroughNodes(
  graph: CompactGraph,
  order: Uint32Array,
  sources: Iterable<number>,
  sinks: Iterable<number>,
): { readonly forward: readonly bigint[]; readonly backward: readonly bigint[] } {
  const every = new Uint32Array(graph.nodeCount).map((_, v) => v)
  const forward = counts(inward(graph, order, nodeSet(graph.nodeCount, sources)), every)
  const backward = counts(outward(graph, order, nodeSet(graph.nodeCount, sinks), null), every)
  return { forward: Array.from(every, forward), backward: Array.from(every, backward) }
}

/** The sum at a node: its own start and the sums at the far ends of its row, in an order that has these before it. */
interface Summing {
  readonly order: Uint32Array
  readonly rowStart: Uint32Array
  readonly row: Uint32Array
  readonly farEnd: Uint32Array
  /** Rows that read a node: as many as it has edges on the other side. */
  readonly readerStart: Uint32Array
  readonly initial: Uint8Array
  readonly alive: Uint8Array | null
}

function outward(
  graph: CompactGraph,
  order: Uint32Array,
  initial: Uint8Array,
  alive: Uint8Array | null,
): Summing {
  const { outStart: rowStart, outEdge: row, target: farEnd, inStart: readerStart } = graph
  return { order: order.slice().reverse(), rowStart, row, farEnd, readerStart, initial, alive }
}

function inward(graph: CompactGraph, order: Uint32Array, initial: Uint8Array): Summing {
  const { inStart: rowStart, inEdge: row, source: farEnd, outStart: readerStart } = graph
  return { order, rowStart, row, farEnd, readerStart, initial, alive: null }
}

/** Beyond these many remainders plain large numbers are as fast. */
const MOST_MODULI = 8

/**
 * The counts at the nodes of `kept`. Float64 tells how large they are; where it cannot hold them they are added as
 * remainders, three moduli in a pass, and where even these are too many as large numbers.
 */
function counts(summing: Summing, kept: Uint32Array): (node: number) => bigint {
  const sums = remaindersOf(summing, [Number.POSITIVE_INFINITY])[0]!
  const most = kept.reduce((most, node) => Math.max(most, sums[node]!), 0)
  if (most <= Number.MAX_SAFE_INTEGER) return (node) => BigInt(sums[node]!)
  // Rounding up to 2⁻⁵³ at each addition leaves far less than the bit that is added here.
  const remainders = coprimeModuli(Math.log2(most) + 1, longestRow(summing) + 1, MOST_MODULI)
  if (remainders === null) return largeCounts(summing, kept)
  const columns: Float64Array[] = []
  for (let i = 0; i < remainders.moduli.length; i += AT_ONCE)
    columns.push(...remaindersOf(summing, remainders.moduli.slice(i, i + AT_ONCE)))
  return (node) => remainders.numberOf(columns.map((column) => column[node]!))
}

function longestRow({ rowStart }: Summing): number {
  let longest = 0
  for (let v = 1; v < rowStart.length; v++) longest = Math.max(longest, rowStart[v]! - rowStart[v - 1]!)
  return longest
}

/** Moduli of one pass. */
const AT_ONCE = 3

/** The sums modulo up to three numbers; modulo infinity they are rounded as float64 is. */
function remaindersOf(summing: Summing, moduli: readonly number[]): Float64Array[] {
  const { order, rowStart, row, farEnd, initial, alive } = summing
  const columns = moduli.map(() => new Float64Array(initial.length))
  const [l, m = l, n = l] = moduli as readonly [number, number?, number?]
  const [first, second = first, third = first] = columns as [Float64Array, Float64Array?, Float64Array?]
  for (let done = 0; done < order.length; done++) {
    const v = order[done]!
    if (alive?.[v] === 0) continue
    const end = rowStart[v + 1]!
    let x = initial[v]!
    let y = x
    let z = x
    if (columns.length === 1) for (let i = rowStart[v]!; i < end; i++) x += first[farEnd[row[i]!]!]!
    else {
      for (let i = rowStart[v]!; i < end; i++) {
        const u = farEnd[row[i]!]!
        x += first[u]!
        y += second[u]!
        z += third[u]!
      }
      second[v] = remainder(y, m)
      third[v] = remainder(z, n)
    }
    first[v] = remainder(x, l)
  }
  return columns
}

/** Of a whole sum below 2^53, whose quotient may be rounded to its neighbour; modulo infinity it is any sum. */
function remainder(sum: number, modulus: number): number {
  if (sum < modulus || modulus === Number.POSITIVE_INFINITY) return sum
  const left = sum - Math.floor(sum / modulus) * modulus
  return left < 0 ? left + modulus : left >= modulus ? left - modulus : left
}

/** Large numbers: one is dropped once its last reader has it, unless `kept`; on long chains they would fill the memory. */
function largeCounts(summing: Summing, kept: Uint32Array): (node: number) => bigint {
  const { order, rowStart, row, farEnd, readerStart, initial, alive } = summing
  const counts = new Map<number, bigint>()
  const readers = new Map<number, number>()
  const keep = nodeSet(initial.length, kept)
  for (let done = 0; done < order.length; done++) {
    const v = order[done]!
    let sum = BigInt(initial[v]!)
    for (let i = rowStart[v]!; i < rowStart[v + 1]!; i++) {
      const u = farEnd[row[i]!]!
      const count = counts.get(u)
      if (count === undefined) continue
      sum += count
      const left = readers.get(u)! - 1
      if (left === 0 && keep[u] === 0) counts.delete(u)
      else readers.set(u, left)
    }
    if (alive?.[v] === 0 || sum === 0n) continue
    counts.set(v, sum)
    readers.set(v, readerStart[v + 1]! - readerStart[v]!)
  }
  return (node) => counts.get(node) ?? 0n
}

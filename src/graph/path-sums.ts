/**
 * Sums over all paths of the product of their edge values, at every node (algorithms.md A1, the semiring (+, ×)),
 * signed and on absolute values at once. Each node has one exponent block, so sums of paths that float64 alone would
 * lose keep their digits. Edges without a value (NaN) carry no product and are passed over.
 */
import type { CompactGraph } from './compact-graph.js'
import {
  GROW,
  HIGH,
  isPlain,
  LOW,
  type ScaledNumber,
  SHRINK,
  scaled,
  scaledRatio,
  shifted,
} from './scaled-number.js'
import { valueTraits } from './value-traits.js'

/** Sum v = mantissa of v · 2^(512·block[v]); `absolute` decides the block, so `signed` may be small in it. */
export interface PathSums {
  readonly signed: Float64Array
  readonly absolute: Float64Array
  readonly block: Int32Array
}

export interface SumOptions {
  /** 0 marks nodes that no path may touch. */
  readonly alive?: Uint8Array | null
  /** Edge values in place of the graph's own. */
  readonly weight?: Float64Array
}

/** B(v) = Σ over paths v → u of product · end(u); `ends` has one start value per node. O(V + E). */
export function sumsToEnds(
  graph: CompactGraph,
  order: Uint32Array,
  ends: ArrayLike<number>,
  options: SumOptions = {},
): PathSums {
  return pass(graph, order.slice().reverse(), graph.outStart, graph.outEdge, graph.target, ends, options)
}

/** F(v) = Σ over paths u → v of start(u) · product; `starts` has one start value per node. O(V + E). */
export function sumsFromStarts(
  graph: CompactGraph,
  order: Uint32Array,
  starts: ArrayLike<number>,
  options: SumOptions = {},
): PathSums {
  return pass(graph, order, graph.inStart, graph.inEdge, graph.source, starts, options)
}

export function signedSum(sums: PathSums, node: number): ScaledNumber {
  return scaled(sums.signed[node]!, sums.block[node]!)
}

export function absoluteSum(sums: PathSums, node: number): ScaledNumber {
  return scaled(sums.absolute[node]!, sums.block[node]!)
}

/** κ = Σ|path| ÷ |Σ path|, from 1 (no cancellation) up; null when the signed sum is 0. */
export function cancellationOf(signed: ScaledNumber, absolute: ScaledNumber): number | null {
  return signed.mantissa === 0 ? null : Math.abs(scaledRatio(absolute, signed))
}

function pass(
  graph: CompactGraph,
  order: Uint32Array,
  rowStart: Uint32Array,
  row: Uint32Array,
  farEnd: Uint32Array,
  initial: ArrayLike<number>,
  options: SumOptions,
): PathSums {
  const { alive = null, weight = graph.weight } = options
  const sums = {
    signed: new Float64Array(graph.nodeCount),
    absolute: new Float64Array(graph.nodeCount),
    block: new Int32Array(graph.nodeCount),
  }
  const rows = { rowStart, row, farEnd, weight }
  const { plain, missing } = valueTraits(weight)
  // Until a sum leaves block 0, plain values need no look at exponents.
  let isPlainSoFar = plain
  for (let done = 0; done < order.length; done++) {
    const v = order[done]!
    if (alive?.[v] === 0) continue
    if (!isPlainSoFar) addWithBlocks(v, initial[v]!, rows, sums)
    else if (missing) addSome(v, initial[v]!, rows, sums)
    else addAll(v, initial[v]!, rows, sums)
    isPlainSoFar &&= sums.block[v] === 0
  }
  return sums
}

interface Rows {
  readonly rowStart: Uint32Array
  readonly row: Uint32Array
  readonly farEnd: Uint32Array
  readonly weight: Float64Array
}

/** The usual case: every edge has a plain value and every sum so far lies in block 0. */
function addAll(v: number, start: number, { rowStart, row, farEnd, weight }: Rows, sums: PathSums): void {
  const { signed, absolute } = sums
  const end = rowStart[v + 1]!
  let sum = start
  let size = Math.abs(start)
  for (let i = rowStart[v]!; i < end; i++) {
    const edge = row[i]!
    const u = farEnd[edge]!
    const w = weight[edge]!
    sum += signed[u]! * w
    size += absolute[u]! * Math.abs(w)
  }
  settle(v, sum, size, 0, sums)
}

/** The same where edges without a value (NaN) are passed over. */
function addSome(v: number, start: number, { rowStart, row, farEnd, weight }: Rows, sums: PathSums): void {
  const { signed, absolute } = sums
  const end = rowStart[v + 1]!
  let sum = start
  let size = Math.abs(start)
  for (let i = rowStart[v]!; i < end; i++) {
    const edge = row[i]!
    const w = weight[edge]!
    if (Number.isNaN(w)) continue
    const u = farEnd[edge]!
    sum += signed[u]! * w
    size += absolute[u]! * Math.abs(w)
  }
  settle(v, sum, size, 0, sums)
}

function addWithBlocks(
  v: number,
  start: number,
  { rowStart, row, farEnd, weight }: Rows,
  sums: PathSums,
): void {
  const { signed, absolute, block } = sums
  let sum = start
  let size = Math.abs(sum)
  let at = 0
  for (let i = rowStart[v]!; i < rowStart[v + 1]!; i++) {
    const edge = row[i]!
    const u = farEnd[edge]!
    const farSize = absolute[u]!
    let w = weight[edge]!
    if (farSize === 0 || w === 0 || Number.isNaN(w)) continue
    let termBlock = block[u]!
    let magnitude = Math.abs(w)
    if (!isPlain(magnitude)) {
      const normal = scaled(w)
      w = normal.mantissa
      magnitude = Math.abs(w)
      termBlock += normal.block
    }
    let term = signed[u]! * w
    let termSize = farSize * magnitude
    if (termBlock !== at) {
      if (size === 0) at = termBlock
      else if (termBlock > at) {
        sum = shifted(sum, at - termBlock)
        size = shifted(size, at - termBlock)
        at = termBlock
      } else {
        term = shifted(term, termBlock - at)
        termSize = shifted(termSize, termBlock - at)
      }
    }
    sum += term
    size += termSize
  }
  settle(v, sum, size, at, sums)
}

/** Brings a sum into normal form and notes it. */
function settle(v: number, signed: number, absolute: number, block: number, sums: PathSums): void {
  let sum = signed
  let size = absolute
  let at = block
  if (size !== 0) {
    while (size >= HIGH) {
      size *= SHRINK
      sum *= SHRINK
      at++
    }
    while (size < LOW) {
      size *= GROW
      sum *= GROW
      at--
    }
  }
  sums.signed[v] = sum
  sums.absolute[v] = size
  sums.block[v] = at
}

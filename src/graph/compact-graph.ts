/** A graph as typed arrays in compressed rows by source and by target: what every algorithm of this room walks. */
import { invariant } from '../domain/errors.js'

export interface CompactGraph {
  readonly nodeCount: number
  readonly edgeCount: number
  /** Ends and value of each edge, by edge id. A value of NaN means that the edge has none (a control link). */
  readonly source: Uint32Array
  readonly target: Uint32Array
  readonly weight: Float64Array
  /** Edges leaving v: `outEdge[outStart[v] … outStart[v + 1])`, by target, then edge id. */
  readonly outStart: Uint32Array
  readonly outEdge: Uint32Array
  /** Edges stand in that very order, as stored ones do: outEdge[i] is i, and who visits millions need not read it. */
  readonly isInOrder: boolean
  /** Edges entering v: `inEdge[inStart[v] … inStart[v + 1])`, by source, then edge id. */
  readonly inStart: Uint32Array
  readonly inEdge: Uint32Array
}

/** Nodes and edges: what one pass visits. */
export function visitsOf({ nodeCount, edgeCount }: CompactGraph): number {
  return nodeCount + edgeCount
}

/**
 * Builds both row indices in O(V + E) by counting sorts. Parallel edges stay distinct by edge id; node indices are
 * the canonical order, so a walk along a row adds up in canonical order.
 */
export function compactGraph(
  nodeCount: number,
  source: Uint32Array,
  target: Uint32Array,
  weight: Float64Array,
): CompactGraph {
  const edgeCount = source.length
  invariant(target.length === edgeCount && weight.length === edgeCount, 'edge columns have one length')
  const outStart = rowStarts(source, nodeCount)
  const inStart = rowStarts(target, nodeCount)
  const isInOrder = areSorted(source, target)
  const outEdge = isInOrder ? identity(edgeCount) : rowsByTarget(source, target, outStart, inStart)
  let inEdge: Uint32Array | null = null
  return {
    nodeCount,
    edgeCount,
    source,
    target,
    weight,
    outStart,
    outEdge,
    isInOrder,
    inStart,
    // Many questions never look back.
    get inEdge() {
      inEdge ??= fillRows(isInOrder ? null : outEdge, target, inStart)
      return inEdge
    },
  }
}

/** By source, then target? */
function areSorted(source: Uint32Array, target: Uint32Array): boolean {
  for (let e = 1; e < source.length; e++) {
    const before = source[e - 1]!
    const here = source[e]!
    if (here < before || (here === before && target[e]! < target[e - 1]!)) return false
  }
  return true
}

function identity(length: number): Uint32Array {
  const numbers = new Uint32Array(length)
  for (let i = 0; i < length; i++) numbers[i] = i
  return numbers
}

function rowStarts(key: Uint32Array, nodeCount: number): Uint32Array {
  const start = new Uint32Array(nodeCount + 1)
  for (let e = 0; e < key.length; e++) {
    const node = key[e]!
    if (node >= nodeCount) invariant(false, `edge ${e} ends at node ${node} of ${nodeCount}`)
    start[node + 1]!++
  }
  for (let v = 0; v < nodeCount; v++) start[v + 1]! += start[v]!
  return start
}

/** By source, then target, then edge id. Where most edges come from a store few rows are out of order: only these are sorted. */
function rowsByTarget(
  source: Uint32Array,
  target: Uint32Array,
  outStart: Uint32Array,
  inStart: Uint32Array,
): Uint32Array {
  const rows = fillRows(null, source, outStart)
  const unsorted: Uint32Array[] = []
  let edges = 0
  for (let v = 0; v + 1 < outStart.length; v++) {
    const end = outStart[v + 1]!
    for (let i = outStart[v]! + 1; i < end; i++) {
      if (target[rows[i]!]! >= target[rows[i - 1]!]!) continue
      unsorted.push(rows.subarray(outStart[v]!, end))
      edges += end - outStart[v]!
      break
    }
  }
  // Comparing costs more than counting unless there is little to compare.
  if (edges * 16 > rows.length) return fillRows(fillRows(null, target, inStart), source, outStart)
  for (const row of unsorted) row.sort((a, b) => target[a]! - target[b]! || a - b)
  return rows
}

/** Stable: within a row the order of `sequence` (edge ids when null) is kept. */
function fillRows(sequence: Uint32Array | null, key: Uint32Array, start: Uint32Array): Uint32Array {
  const next = start.slice(0, -1)
  const filled = new Uint32Array(key.length)
  if (sequence === null) for (let e = 0; e < key.length; e++) filled[next[key[e]!]!++] = e
  else {
    for (let i = 0; i < key.length; i++) {
      const edge = sequence[i]!
      filled[next[key[edge]!]!++] = edge
    }
  }
  return filled
}

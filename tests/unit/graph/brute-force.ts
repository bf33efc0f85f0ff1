/** Small graphs, and path questions on them answered by writing down every path. */
import { type CompactGraph, compactGraph } from '../../../src/graph/compact-graph.js'

export type EdgeRow = readonly [source: number, target: number, weight: number]

export function graphOf(nodeCount: number, edges: readonly EdgeRow[]): CompactGraph {
  return compactGraph(
    nodeCount,
    Uint32Array.from(edges, (e) => e[0]),
    Uint32Array.from(edges, (e) => e[1]),
    Float64Array.from(edges, (e) => e[2]),
  )
}

export interface ListedPath {
  /** With transparent nodes. */
  readonly nodes: readonly number[]
  readonly edges: readonly number[]
}

export function allPaths(
  graph: CompactGraph,
  sources: Iterable<number>,
  sinks: Iterable<number>,
): ListedPath[] {
  const ends = new Set(sinks)
  const found: ListedPath[] = []
  const walk = (nodes: readonly number[], edges: readonly number[]): void => {
    const v = nodes[nodes.length - 1]!
    if (ends.has(v)) found.push({ nodes, edges })
    for (let e = 0; e < graph.edgeCount; e++) {
      if (graph.source[e] === v) walk([...nodes, graph.target[e]!], [...edges, e])
    }
  }
  for (const s of new Set(sources)) walk([s], [])
  return found
}

/** Float64 product from the target end with the exponent apart: [exponent, mantissa in 1…2]; null for product 0. */
export function keyOf(path: ListedPath, magnitude: ArrayLike<number>): readonly [number, number] | null {
  let mantissa = 1
  let exponent = 0
  for (const edge of [...path.edges].reverse()) {
    const [m, x] = frexp(magnitude[edge]!)
    if (m === 0) return null
    mantissa *= m
    exponent += x
    if (mantissa >= 2) {
      mantissa /= 2
      exponent++
    }
  }
  return [exponent, mantissa]
}

function frexp(value: number): [number, number] {
  if (value === 0) return [0, 0]
  let m = value
  let x = 0
  while (m >= 2) {
    m /= 2
    x++
  }
  while (m < 1) {
    m *= 2
    x--
  }
  return [m, x]
}

/** Element by element; a sequence that another one continues comes first. */
export function compareSequences(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}

export function visible(nodes: readonly number[], transparent: Uint8Array | null): number[] {
  return nodes.filter((v) => transparent?.[v] !== 1)
}

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

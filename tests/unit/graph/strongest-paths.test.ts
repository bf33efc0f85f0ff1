import type { CompactGraph } from '../../../src/graph/compact-graph.js'
import { CoveredMass } from '../../../src/graph/covered-mass.js'
import type { PathRank } from '../../../src/graph/path-rank.js'
import { pathTotals } from '../../../src/graph/path-totals.js'
import { rowShares } from '../../../src/graph/row-shares.js'
import { type PathStream, type StrongPath, strongestPaths } from '../../../src/graph/strongest-paths.js'
import { topologicalOrder } from '../../../src/graph/topological-order.js'
import {
  allPaths,
  compareSequences,
  type EdgeRow,
  graphOf,
  keyOf,
  type ListedPath,
  seeded,
  visible,
} from './brute-force.js'

function take(stream: PathStream, count = Number.POSITIVE_INFINITY): StrongPath[] {
  const paths: StrongPath[] = []
  while (paths.length < count) {
    const path = stream.next()
    if (path === null) break
    paths.push(path)
  }
  return paths
}

interface World {
  readonly graph: CompactGraph
  readonly order: Uint32Array
  readonly sources: number[]
  readonly sinks: number[]
  readonly transparent: Uint8Array | null
}

/** Magnitudes whose products meet after rounding: neighbours of 1 in float64 times small factors. */
const ULP = 2 ** -52
const PALETTES: Readonly<Record<string, (random: () => number) => number>> = {
  smooth: (random) => (random() * 2 - 1) * 3,
  tied: (random) => [1, -1, 2, 0.5, -2][Math.floor(random() * 5)]!,
  same: () => 1,
  collapsing: (random) => {
    const value = [1 + ULP, 1 + 2 * ULP, 1 - ULP / 2, 1 - ULP, 1, 0.75, 1 / 3, 1.5][Math.floor(random() * 8)]!
    return random() < 0.4 ? -value : value
  },
  huge: (random) => (random() * 2 - 1) * 2 ** Math.floor(random() * 2000 - 1000),
  tiny: (random) => (random() < 0.5 ? 5e-324 : 3e-320 * random()) * (random() < 0.5 ? -1 : 1),
  withZerosAndGaps: (random) => {
    const pick = random()
    return pick < 0.15 ? 0 : pick < 0.3 ? Number.NaN : pick < 0.6 ? 1 : random() - 0.5
  },
}

function world(seed: number, palette: (random: () => number) => number, hidden: boolean): World {
  const random = seeded(seed)
  const n = 2 + Math.floor(random() * 9)
  // Node numbers do not follow the topological order.
  const place = Array.from({ length: n }, (_, i) => i).sort(() => random() - 0.5)
  const edges: EdgeRow[] = []
  const wanted = Math.floor(random() * 2.4 * n) + 1
  for (let i = 0; i < wanted; i++) {
    const a = Math.floor(random() * n)
    const b = Math.floor(random() * n)
    if (a === b) continue
    const copies = random() < 0.25 ? 2 : 1
    for (let c = 0; c < copies; c++)
      edges.push([place[Math.min(a, b)]!, place[Math.max(a, b)]!, palette(random)])
  }
  const some = (chance: number): number[] => place.filter(() => random() < chance)
  const sources = [place[0]!, ...some(0.2)]
  const sinks = [place[n - 1]!, ...some(0.2)]
  const transparent = hidden ? new Uint8Array(n) : null
  if (transparent !== null) {
    for (let v = 0; v < n; v++) {
      if (!sources.includes(v) && !sinks.includes(v) && random() < 0.5) transparent[v] = 1
    }
  }
  const graph = graphOf(n, edges)
  return { graph, order: topologicalOrder(graph), sources, sinks, transparent }
}

/** Classes: paths with a key, paths of product 0, paths without a product. */
function bruteForce(w: World, rank: PathRank, shares: Float64Array): ListedPath[] {
  const { weight } = w.graph
  const magnitude = rank === 'SHARE' ? shares : weight.map(Math.abs)
  const negative = (p: ListedPath): boolean => p.edges.filter((e) => weight[e]! < 0).length % 2 === 1
  const rows = allPaths(w.graph, w.sources, w.sinks).map((path) => {
    const gap = path.edges.some((e) => Number.isNaN(weight[e]!))
    const zero = path.edges.some((e) => magnitude[e] === 0)
    const weakest: readonly [number, number] = [0, Math.min(...path.edges.map((e) => magnitude[e]!))]
    const key = gap ? null : rank === 'WEAKEST_SCORE' ? weakest : zero ? null : keyOf(path, magnitude)
    return { path, key, group: key !== null ? 0 : gap ? 2 : 1 }
  })
  return rows
    .filter((row) =>
      rank === 'MOST_POSITIVE'
        ? row.group === 0 && !negative(row.path)
        : rank === 'MOST_NEGATIVE'
          ? row.group === 0 && negative(row.path)
          : true,
    )
    .sort(
      (a, b) =>
        a.group - b.group ||
        (a.key !== null && b.key !== null ? compareKeys(b.key, a.key) : 0) ||
        compareSequences(visible(a.path.nodes, w.transparent), visible(b.path.nodes, w.transparent)) ||
        compareSequences(a.path.edges, b.path.edges),
    )
    .map((row) => row.path)
}

function compareKeys(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0] || (a[1] === b[1] ? 0 : a[1] - b[1])
}

const RANKS: readonly PathRank[] = [
  'ABSOLUTE_PRODUCT',
  'MOST_POSITIVE',
  'MOST_NEGATIVE',
  'SHARE',
  'WEAKEST_SCORE',
]

describe('strongest paths', () => {
  for (const [name, palette] of Object.entries(PALETTES)) {
    for (const hidden of [false, true]) {
      it(`gives every path in the exact order (${name} values${hidden ? ', with transparent points' : ''})`, () => {
        let compared = 0
        for (let seed = 1; seed <= 120; seed++) {
          const w = world(seed, palette, hidden)
          const shares = rowShares(w.graph, w.order, w.transparent)
          for (const rank of RANKS) {
            const expected = bruteForce(w, rank, shares)
            if (expected.length > 3000) continue
            const stream = strongestPaths(w.graph, w.order, { ...w, rank, shares, zeroProducts: 'LAST' })
            const found = take(stream)
            compared += found.length
            expect(found.map((p) => p.nodes)).toEqual(expected.map((p) => visible(p.nodes, w.transparent)))
            const seen = (v: number): boolean => w.transparent?.[v] !== 1
            expect(found.map((p) => p.edges)).toEqual(
              expected.map((p) => p.edges.filter((e) => seen(w.graph.target[e]!))),
            )
            expect(found.map((p) => p.firstEdges)).toEqual(
              expected.map((p) => p.edges.filter((e) => seen(w.graph.source[e]!))),
            )
          }
        }
        expect(compared).toBeGreaterThan(1000)
      })
    }
  }
})

describe('a stream of strongest paths', () => {
  // Three layers of three nodes with values that tie, and one pair of parallel edges.
  const rows: EdgeRow[] = [[1, 4, 2]]
  for (const layer of [1, 4]) {
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) rows.push([layer + i, layer + 3 + j, [1, -2, 0.5][(i + 2 * j) % 3]!])
  }
  for (let i = 1; i <= 3; i++) rows.push([0, i, 1], [i + 6, 10, -1])
  const layered = graphOf(11, rows)
  const w = { graph: layered, order: topologicalOrder(layered), sources: [0, 2], sinks: [10, 5] }
  const question = { ...w, rank: 'ABSOLUTE_PRODUCT' as const }

  it('goes on where it stopped, and skipping gives the same rest', () => {
    const all = take(strongestPaths(w.graph, w.order, question))
    expect(all.length).toBeGreaterThan(6)
    for (let cut = 0; cut <= all.length; cut++) {
      const paged = strongestPaths(w.graph, w.order, question)
      expect([...take(paged, cut), ...take(paged)]).toEqual(all)
      const skipping = strongestPaths(w.graph, w.order, question)
      expect(skipping.skip(cut)).toBe(cut)
      expect(skipping.rank).toBe(cut)
      expect(take(skipping)).toEqual(all.slice(cut))
    }
    expect(strongestPaths(w.graph, w.order, question).skip(1_000_000)).toBe(all.length)
  })

  it('says when the next path has the same key, and when there is none', () => {
    const all = take(strongestPaths(w.graph, w.order, question))
    const stream = strongestPaths(w.graph, w.order, question)
    expect(stream.tieCut).toBe(false)
    let ties = 0
    for (const [i, path] of all.entries()) {
      expect(stream.exhausted).toBe(false)
      expect(stream.next()).toEqual(path)
      expect(stream.tieCut).toBe(all[i + 1]?.key === path.key)
      if (stream.tieCut) ties++
    }
    expect(ties).toBeGreaterThan(0)
    expect(stream.exhausted).toBe(true)
    expect(stream.next()).toBeNull()
  })

  it('gives the same paths in the same order however the edges are numbered, as long as none are parallel', () => {
    const random = seeded(3)
    for (let seed = 0; seed < 40; seed++) {
      const { graph, order, ...ends } = world(seed, PALETTES['tied']!, false)
      const rows = new Map<string, EdgeRow>()
      for (let e = 0; e < graph.edgeCount; e++) {
        const row: EdgeRow = [graph.source[e]!, graph.target[e]!, graph.weight[e]!]
        rows.set(`${row[0]} ${row[1]}`, row)
      }
      const shuffled = [...rows.values()].sort(() => random() - 0.5)
      const tell = (edges: readonly EdgeRow[]): unknown => {
        const g = graphOf(graph.nodeCount, edges)
        const stream = strongestPaths(g, topologicalOrder(g), { ...ends, rank: 'ABSOLUTE_PRODUCT' })
        return take(stream).map((p) => [p.nodes, p.product])
      }
      expect(tell(shuffled)).toEqual(tell([...rows.values()]))
      expect(order).toHaveLength(graph.nodeCount)
    }
  })

  it('gives one empty path of product 1 where source and sink are one node', () => {
    const graph = graphOf(2, [[0, 1, 3]])
    const stream = strongestPaths(graph, topologicalOrder(graph), {
      sources: [1, 1],
      sinks: [1],
      rank: 'ABSOLUTE_PRODUCT',
    })
    expect(take(stream)).toMatchObject([{ nodes: [1], edges: [], product: 1, key: 1, log2AbsProduct: 0 }])
  })

  it('leaves out paths over edges of value 0 unless they are asked for', () => {
    const graph = graphOf(3, [
      [0, 1, 0],
      [1, 2, 5],
      [0, 2, 0.1],
    ])
    const ends = { sources: [0], sinks: [2], rank: 'ABSOLUTE_PRODUCT' as const }
    const order = topologicalOrder(graph)
    expect(take(strongestPaths(graph, order, ends)).map((p) => p.nodes)).toEqual([[0, 2]])
    const all = take(strongestPaths(graph, order, { ...ends, zeroProducts: 'LAST' }))
    expect(all.map((p) => [p.nodes, p.product, p.key])).toEqual([
      [[0, 2], 0.1, 0.1],
      [[0, 1, 2], 0, 0],
    ])
  })

  it('gives paths without a product after all others, with null in its place', () => {
    const graph = graphOf(3, [
      [0, 1, Number.NaN],
      [1, 2, 5],
      [0, 2, -1e-300],
    ])
    const ends = { sources: [0], sinks: [2], rank: 'ABSOLUTE_PRODUCT' as const }
    const paths = take(strongestPaths(graph, topologicalOrder(graph), ends))
    expect(paths).toMatchObject([
      { nodes: [0, 2], product: -1e-300, values: [-1e-300] },
      { nodes: [0, 1, 2], product: null, log2AbsProduct: null, key: null, values: [null, 5] },
    ])
  })

  it('tells each hop once when it passes transparent points', () => {
    const graph = graphOf(5, [
      [0, 3, 1],
      [3, 4, 1],
      [4, 1, 0.5],
      [1, 2, -4],
    ])
    const paths = take(
      strongestPaths(graph, topologicalOrder(graph), {
        sources: [0],
        sinks: [2],
        rank: 'ABSOLUTE_PRODUCT',
        transparent: Uint8Array.of(0, 0, 0, 1, 1),
      }),
    )
    expect(paths).toMatchObject([
      { nodes: [0, 1, 2], edges: [2, 3], firstEdges: [0, 3], values: [0.5, -4], product: -2 },
    ])
  })

  it('walks chains of 100,000 hops whose products leave the range of float64', () => {
    const hops = 100_000
    const edges: EdgeRow[] = Array.from({ length: hops }, (_, i) => [i, i + 1, 1e-10])
    edges.push([5, 6, -2e-10], [hops - 3, hops - 2, 1e-10])
    const graph = graphOf(hops + 1, edges)
    const stream = strongestPaths(graph, topologicalOrder(graph), {
      sources: [0],
      sinks: [hops],
      rank: 'ABSOLUTE_PRODUCT',
    })
    const paths = take(stream)
    expect(paths.map((p) => p.nodes.length)).toEqual([hops + 1, hops + 1, hops + 1, hops + 1])
    expect(paths.map((p) => [p.edges[5], p.edges[hops - 3]])).toEqual([
      [hops, hops - 3],
      [hops, hops + 1],
      [5, hops - 3],
      [5, hops + 1],
    ])
    expect(paths[0]!.product).toBe(-0)
    expect(paths[0]!.log2AbsProduct! / (hops * Math.log2(1e-10) + 1)).toBeCloseTo(1, 12)
  })
})

describe('covered mass', () => {
  it('reaches the whole when all paths are counted, even where the products underflow', () => {
    for (const palette of ['smooth', 'collapsing', 'tiny', 'huge']) {
      const { graph, order, sources, sinks } = world(11, PALETTES[palette]!, false)
      const covered = new CoveredMass()
      const { absolute } = pathTotals(graph, order, sources, sinks)
      expect(covered.shareOf(absolute)).toBe(0)
      const stream = strongestPaths(graph, order, { sources, sinks, rank: 'ABSOLUTE_PRODUCT' })
      let before = 0
      for (const path of take(stream)) {
        covered.add(path.scaledProduct!)
        expect(covered.shareOf(absolute)).toBeGreaterThanOrEqual(before)
        before = covered.shareOf(absolute)!
      }
      expect(Math.abs(before - 1)).toBeLessThan(1e-14)
    }
  })

  it('is null where there is no mass at all', () => {
    expect(new CoveredMass().shareOf({ mantissa: 0, block: 0 })).toBeNull()
  })
})

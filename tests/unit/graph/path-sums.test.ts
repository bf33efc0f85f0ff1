import fc from 'fast-check'
import { countPaths, countPathsThroughNodes } from '../../../src/graph/path-count.js'
import {
  absoluteBetweenness,
  absoluteEdgeMass,
  absoluteNodeMass,
  pathMass,
  signedBetweenness,
  signedEdgeMass,
  signedNodeMass,
} from '../../../src/graph/path-mass.js'
import { pathTotals } from '../../../src/graph/path-totals.js'
import { log2Abs, toFloat } from '../../../src/graph/scaled-number.js'
import { pathsThrough } from '../../../src/graph/through-set.js'
import { topologicalOrder } from '../../../src/graph/topological-order.js'
import { allPaths, type EdgeRow, graphOf, type ListedPath, seeded } from './brute-force.js'

/** Weights are multiples of 1/4 up to 2, so that every product and sum below is exact. */
function world(seed: number) {
  const random = seeded(seed)
  const n = 3 + Math.floor(random() * 8)
  const edges: EdgeRow[] = []
  for (let i = 0; i < 2 * n; i++) {
    const a = Math.floor(random() * n)
    const b = Math.floor(random() * n)
    if (a !== b) edges.push([Math.min(a, b), Math.max(a, b), (Math.floor(random() * 17) - 8) / 4])
  }
  const graph = graphOf(n, edges)
  const pick = (): number[] =>
    Array.from({ length: 1 + Math.floor(random() * 2) }, () => Math.floor(random() * n))
  const sources = [0, ...pick()]
  const sinks = [n - 1, ...pick()]
  const product = (p: ListedPath): number => p.edges.reduce((all, e) => all * graph.weight[e]!, 1)
  const paths = allPaths(graph, sources, sinks)
  const sum = (keep: (p: ListedPath) => boolean, value = product): number =>
    paths.filter(keep).reduce((all, p) => all + value(p), 0)
  return { n, graph, order: topologicalOrder(graph), sources, sinks, product, paths, sum }
}

const seeds = Array.from({ length: 150 }, (_, i) => i + 1)
const absolute = (value: number): number => (value === 0 ? 0 : value)

describe('counts and totals of paths', () => {
  it('equal what the written-down paths give, for sets of ends and for each source alone', () => {
    for (const seed of seeds) {
      const { graph, order, sources, sinks, product, paths, sum } = world(seed)
      const count = countPaths(graph, order, sources, sinks)
      expect(count.total).toBe(BigInt(paths.length))
      const totals = pathTotals(graph, order, sources, sinks)
      expect(absolute(toFloat(totals.signed))).toBe(absolute(sum(() => true)))
      expect(toFloat(totals.absolute)).toBe(
        sum(
          () => true,
          (p) => Math.abs(product(p)),
        ),
      )
      expect(totals.sources.map((s) => s.node)).toEqual([...new Set(sources)].sort((a, b) => a - b))
      for (const [i, row] of totals.sources.entries()) {
        expect(count.sources[i]!.count).toBe(BigInt(paths.filter((p) => p.nodes[0] === row.node).length))
        expect(absolute(toFloat(row.signed))).toBe(absolute(sum((p) => p.nodes[0] === row.node)))
      }
    }
  })

  it('through a set are those of the paths that meet it', () => {
    for (const seed of seeds) {
      const { n, graph, order, sources, sinks, sum } = world(seed)
      const via = [1, Math.floor(n / 2)]
      const through = pathsThrough(graph, order, sources, sinks, via)
      const meets = (p: ListedPath): boolean => p.nodes.some((v) => via.includes(v))
      const totals = pathTotals(through.graph, through.order, through.sources, through.sinks)
      expect(absolute(toFloat(totals.signed))).toBe(absolute(sum(meets)))
      for (const row of totals.sources) {
        const here = (p: ListedPath): boolean => p.nodes[0] === through.nodeOf(row.node)
        expect(absolute(toFloat(row.signed))).toBe(absolute(sum((p) => meets(p) && here(p))))
      }
      // Those that avoid the set and those that meet it are all paths.
      const alive = Uint8Array.from({ length: n }, (_, v) => (via.includes(v) ? 0 : 1))
      const met = countPaths(through.graph, through.order, through.sources, through.sinks).total
      expect(met + countPaths(graph, order, sources, sinks, alive).total).toBe(
        countPaths(graph, order, sources, sinks).total,
      )
      const without = toFloat(pathTotals(graph, order, sources, sinks, alive).signed)
      expect(toFloat(totals.signed) + without).toBe(toFloat(pathTotals(graph, order, sources, sinks).signed))
    }
  })

  it('through a set keep their digits where all other paths are far larger', () => {
    const edges: EdgeRow[] = [
      [0, 1, 1e-20],
      [1, 3, 1],
      [0, 2, 1e20],
      [2, 3, 1],
    ]
    const graph = graphOf(4, edges)
    const through = pathsThrough(graph, topologicalOrder(graph), [0], [3], [1])
    const totals = pathTotals(through.graph, through.order, through.sources, through.sinks)
    expect(toFloat(totals.signed)).toBe(1e-20)
  })

  it('through a set say only of its own paths whether they have a product', () => {
    const edges: EdgeRow[] = [
      [0, 1, 2],
      [1, 3, 1],
      [0, 2, Number.NaN],
      [2, 3, 1],
    ]
    const graph = graphOf(4, edges)
    const unvalued = (via: number): number | null => {
      const through = pathsThrough(graph, topologicalOrder(graph), [0], [3], [via])
      return pathTotals(through.graph, through.order, through.sources, through.sinks).unvaluedEdge
    }
    expect(unvalued(1)).toBeNull()
    expect(unvalued(2)).not.toBeNull()
  })

  it('are 0 and no error where nothing leads to the sink', () => {
    const graph = graphOf(2, [])
    const totals = pathTotals(graph, topologicalOrder(graph), [0], [1])
    expect([toFloat(totals.signed), toFloat(totals.absolute), totals.cancellation]).toEqual([0, 0, null])
    expect(countPaths(graph, topologicalOrder(graph), [0], [1]).total).toBe(0n)
  })

  it('leave out paths without a product and name an edge that makes them so', () => {
    const edges: EdgeRow[] = [
      [0, 1, Number.NaN],
      [1, 2, 2],
      [0, 2, 3],
      [0, 3, Number.NaN],
    ]
    const graph = graphOf(4, edges)
    const order = topologicalOrder(graph)
    expect(toFloat(pathTotals(graph, order, [0], [2]).signed)).toBe(3)
    expect(pathTotals(graph, order, [0], [2]).unvaluedEdge).toBe(0)
    expect(pathTotals(graph, order, [1], [2]).unvaluedEdge).toBeNull()
    expect(countPaths(graph, order, [0], [2]).total).toBe(2n)
  })

  it('stay exact and small in memory over a chain of 5,000 doubled links', () => {
    const hops = 5_000
    const edges: EdgeRow[] = []
    for (let i = 0; i < hops; i++) edges.push([i, i + 1, 2 ** 300], [i, i + 1, 2 ** 300])
    const graph = graphOf(hops + 1, edges)
    const order = topologicalOrder(graph)
    expect(countPaths(graph, order, [0], [hops]).total).toBe(2n ** BigInt(hops))
    const totals = pathTotals(graph, order, [0], [hops])
    expect(log2Abs(totals.signed)).toBe(301 * hops)
    expect(totals.cancellation).toBe(1)
  })

  it('stay exact across the border of 2^53', () => {
    // 54 doublings and one single path more: 2^54 + 1 is no double.
    const edges: EdgeRow[] = []
    for (let i = 0; i < 54; i++) edges.push([i, i + 1, 1], [i, i + 1, 1])
    edges.push([0, 54, 1])
    const graph = graphOf(55, edges)
    expect(countPaths(graph, topologicalOrder(graph), [0], [54]).total).toBe(2n ** 54n + 1n)
  })
})

describe('exact counts', () => {
  it('are those of plain large numbers, of any size and in any order of nodes', () => {
    const seen = { double: 0, remainders: 0, large: 0 }
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 2, max: 700 }),
        fc.boolean(),
        (seed, layers, isBackward) => {
          // Two nodes in each layer; up to three links from each to the next layer's, drawn from the seed.
          const place = (v: number): number => (isBackward ? 2 * layers - 1 - v : v)
          const edges: EdgeRow[] = []
          const want = Array.from({ length: 2 * layers }, (_, v) => (v >= 2 * layers - 2 ? 1n : 0n))
          for (let v = 2 * layers - 3; v >= 0; v--) {
            const next = 2 * (Math.floor(v / 2) + 1)
            for (let i = 0; i < 2; i++) {
              const links = 1 + Math.abs((seed + 7 * v + 3 * i) % 3)
              for (let k = 0; k < links; k++) edges.push([place(v), place(next + i), 1])
              want[v]! += BigInt(links) * want[next + i]!
            }
          }
          const graph = graphOf(2 * layers, edges)
          const sinks = [place(2 * layers - 1), place(2 * layers - 2)]
          const order = topologicalOrder(graph)
          const sources = [place(0), place(1)]
          expect(countPaths(graph, order, sources, sinks).total).toBe(want[0]! + want[1]!)
          const { backward } = countPathsThroughNodes(graph, order, sources, sinks)
          want.forEach((count, v) => {
            expect(backward[place(v)]).toBe(count)
          })
          const bits = (want[0]! + want[1]!).toString(2).length
          seen[bits <= 53 ? 'double' : bits <= 380 ? 'remainders' : 'large']++
        },
      ),
    )
    expect(Object.values(seen).every((times) => times > 0)).toBe(true)
  })
})

describe('path mass', () => {
  it('through every node and edge is that of the written-down paths', () => {
    for (const seed of seeds) {
      const { n, graph, order, sources, sinks, product, sum } = world(seed)
      const mass = pathMass(graph, order, sources, sinks)
      const size = (p: ListedPath): number => Math.abs(product(p))
      for (let v = 0; v < n; v++) {
        expect(absolute(toFloat(signedNodeMass(mass, v)))).toBe(absolute(sum((p) => p.nodes.includes(v))))
        expect(toFloat(absoluteNodeMass(mass, v))).toBe(sum((p) => p.nodes.includes(v), size))
      }
      for (let e = 0; e < graph.edgeCount; e++) {
        expect(absolute(toFloat(signedEdgeMass(graph, mass, e)))).toBe(
          absolute(sum((p) => p.edges.includes(e))),
        )
        expect(toFloat(absoluteEdgeMass(graph, mass, e))).toBe(sum((p) => p.edges.includes(e), size))
      }
    }
  })

  it('summed over edges is the sum of weight times length', () => {
    for (const seed of seeds) {
      const { graph, order, sources, sinks, product, sum } = world(seed)
      const mass = pathMass(graph, order, sources, sinks)
      let edges = 0
      for (let e = 0; e < graph.edgeCount; e++) edges += toFloat(signedEdgeMass(graph, mass, e))
      expect(absolute(edges)).toBe(
        absolute(
          sum(
            () => true,
            (p) => product(p) * p.edges.length,
          ),
        ),
      )
    }
  })

  it('of a node is what its deletion takes from the total', () => {
    for (const seed of seeds) {
      const { n, graph, order, sources, sinks } = world(seed)
      const mass = pathMass(graph, order, sources, sinks)
      for (let v = 0; v < n; v++) {
        const alive = new Uint8Array(n).fill(1)
        alive[v] = 0
        const without = toFloat(pathTotals(graph, order, sources, sinks, alive).signed)
        expect(absolute(without)).toBe(absolute(toFloat(mass.signedTotal) - toFloat(signedNodeMass(mass, v))))
      }
    }
  })

  it('gives betweenness from 0 to 1 on absolute values, and null where there is no mass', () => {
    const diamond = graphOf(4, [
      [0, 1, 1],
      [1, 3, 1],
      [0, 2, 1],
      [2, 3, -3],
    ])
    const order = topologicalOrder(diamond)
    const mass = pathMass(diamond, order, [0], [3])
    expect([0, 1, 2, 3].map((v) => absoluteBetweenness(mass, v))).toEqual([1, 0.25, 0.75, 1])
    expect([1, 2].map((v) => signedBetweenness(mass, v))).toEqual([-0.5, 1.5])
    const none = pathMass(diamond, order, [1], [2])
    expect([absoluteBetweenness(none, 0), signedBetweenness(none, 0)]).toEqual([null, null])
  })
})

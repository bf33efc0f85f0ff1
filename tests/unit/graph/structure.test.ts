import { compactGraph } from '../../../src/graph/compact-graph.js'
import { criticalPath } from '../../../src/graph/critical-path.js'
import { dominators } from '../../../src/graph/dominators.js'
import { membersOf } from '../../../src/graph/node-set.js'
import { countPaths, countPathsThroughNodes } from '../../../src/graph/path-count.js'
import { ancestorsOf, descendantsOf, nodesBetween } from '../../../src/graph/reachability.js'
import { topologicalOrder } from '../../../src/graph/topological-order.js'
import { vertexCut } from '../../../src/graph/vertex-cut.js'
import { allPaths, compareSequences, type EdgeRow, graphOf, seeded, visible } from './brute-force.js'

function world(seed: number) {
  const random = seeded(seed)
  const n = 3 + Math.floor(random() * 7)
  const edges: EdgeRow[] = []
  for (let i = 0; i < 1.7 * n; i++) {
    const a = Math.floor(random() * n)
    const b = Math.floor(random() * n)
    if (a !== b) edges.push([Math.min(a, b), Math.max(a, b), 1])
  }
  const sources = random() < 0.5 ? [0] : [0, 1]
  const sinks = random() < 0.5 ? [n - 1] : [n - 1, n - 2]
  const transparent = Uint8Array.from({ length: n }, (_, v) =>
    !sources.includes(v) && !sinks.includes(v) && random() < 0.3 ? 1 : 0,
  )
  return { n, graph: graphOf(n, edges), sources, sinks, transparent }
}
const seeds = Array.from({ length: 200 }, (_, i) => i + 1)

describe('compact graph', () => {
  it('lists edges of a row by far end, then edge id, and keeps parallel edges', () => {
    const graph = graphOf(3, [
      [0, 2, 1],
      [0, 1, 2],
      [1, 2, 3],
      [0, 1, 4],
    ])
    expect([...graph.outStart]).toEqual([0, 3, 4, 4])
    expect([...graph.outEdge]).toEqual([1, 3, 0, 2])
    expect([...graph.inStart]).toEqual([0, 0, 2, 4])
    expect([...graph.inEdge]).toEqual([1, 3, 0, 2])
  })

  it('refuses an edge to a node that is not there', () => {
    expect(() => compactGraph(1, Uint32Array.of(0), Uint32Array.of(1), Float64Array.of(1))).toThrow(
      'edge 0 ends at node 1 of 1',
    )
  })
})

describe('topological order', () => {
  it('has every source before its target, the same one each time', () => {
    for (const seed of seeds) {
      const { n, graph } = world(seed)
      const order = topologicalOrder(graph)
      const place = new Uint32Array(n)
      for (const [i, v] of order.entries()) place[v] = i
      for (let e = 0; e < graph.edgeCount; e++)
        expect(place[graph.source[e]!]!).toBeLessThan(place[graph.target[e]!]!)
      expect(topologicalOrder(graph)).toEqual(order)
    }
  })

  it('names a cycle from its smallest node, and nothing that only leads to it or away from it', () => {
    const graph = graphOf(6, [
      [0, 4, 1],
      [4, 2, 1],
      [2, 3, 1],
      [3, 4, 1],
      [3, 5, 1],
    ])
    expect(() => topologicalOrder(graph, (v) => 'abcdef'[v]!)).toThrow(
      expect.objectContaining({
        code: 'NOT_MEANINGFUL',
        message: 'paths are not finite: the graph has the cycle c → d → e → c',
      }),
    )
  })

  it('calls a self-loop a cycle', () => {
    expect(() => topologicalOrder(graphOf(2, [[1, 1, 1]]))).toThrow('the cycle 1 → 1')
  })
})

describe('reachability', () => {
  it('finds what the written-down paths meet, within any number of hops', () => {
    for (const seed of seeds) {
      const { n, graph, sources, transparent } = world(seed)
      const paths = allPaths(
        graph,
        sources,
        Array.from({ length: n }, (_, v) => v),
      )
      for (const hops of [null, 0, 1, 2, 3]) {
        const found = descendantsOf(graph, sources, { hops, transparent })
        for (let v = 0; v < n; v++) {
          if (transparent[v] === 1) continue
          const reaches = paths.some(
            (p) =>
              p.nodes[p.nodes.length - 1] === v &&
              (hops === null || visible(p.nodes, transparent).length - 1 <= hops),
          )
          expect([seed, hops, v, found[v]]).toEqual([seed, hops, v, reaches ? 1 : 0])
        }
      }
    }
  })

  it('finds ancestors as the descendants of the reversed graph', () => {
    for (const seed of seeds) {
      const { n, graph, sinks, transparent } = world(seed)
      const reversed = compactGraph(n, graph.target, graph.source, graph.weight)
      for (const hops of [null, 1, 2]) {
        expect(ancestorsOf(graph, sinks, { hops, transparent })).toEqual(
          descendantsOf(reversed, sinks, { hops, transparent }),
        )
      }
    }
  })

  it('between two sets finds exactly the nodes on paths', () => {
    for (const seed of seeds) {
      const { graph, sources, sinks } = world(seed)
      const onPaths = new Set(allPaths(graph, sources, sinks).flatMap((p) => p.nodes))
      expect(membersOf(nodesBetween(graph, sources, sinks))).toEqual([...onPaths].sort((a, b) => a - b))
    }
  })

  it('never uses a removed node, not even to begin', () => {
    const graph = graphOf(3, [
      [0, 1, 1],
      [1, 2, 1],
    ])
    expect(membersOf(descendantsOf(graph, [0], { alive: Uint8Array.of(1, 0, 1) }))).toEqual([0])
    expect(membersOf(descendantsOf(graph, [0], { alive: Uint8Array.of(0, 1, 1) }))).toEqual([])
  })
})

describe('dominators and cuts', () => {
  it('are what trying out every node and set of nodes gives', () => {
    for (const seed of seeds) {
      const { n, graph, sources, sinks, transparent } = world(seed)
      const paths = allPaths(graph, sources, sinks)
      const ends = new Set([...sources, ...sinks])
      const inner = Array.from({ length: n }, (_, v) => v).filter((v) => !ends.has(v) && transparent[v] === 0)
      const every = Array.from({ length: n }, (_, v) => v).filter(
        (v) => transparent[v] === 0 && paths.length > 0 && paths.every((p) => p.nodes.includes(v)),
      )
      const found = dominators(graph, topologicalOrder(graph), sources, sinks, transparent)
      expect([...found].sort((a, b) => a - b)).toEqual(every)

      const breaks = (set: readonly number[]): boolean =>
        paths.every((p) => p.nodes.some((v) => set.includes(v)))
      const sizes = subsets(inner)
        .filter(breaks)
        .map((set) => set.length)
      const { cut, separates } = vertexCut(graph, sources, sinks, transparent)
      expect(separates ? cut.length : null).toBe(sizes.length === 0 ? null : Math.min(...sizes))
      if (separates) expect(breaks(cut)).toBe(true)
      expect(cut.every((v) => inner.includes(v))).toBe(true)
    }
  })

  it('are as many paths without a common inner node as the cut has nodes, beside those without inner nodes', () => {
    for (const seed of seeds) {
      const { n, graph, sources, sinks, transparent } = world(seed)
      const ends = new Set([...sources, ...sinks])
      const inner = (v: number): boolean => !ends.has(v) && transparent[v] === 0
      const { cut, disjointPaths } = vertexCut(graph, sources, sinks, transparent)
      const paths = allPaths(graph, sources, sinks).filter((path) => path.nodes.some(inner))
      expect(paths.every((path) => path.nodes.some((v) => cut.includes(v)))).toBe(true)
      const sizes = subsets(Array.from({ length: n }, (_, v) => v).filter(inner))
        .filter((set) => paths.every((path) => path.nodes.some((v) => set.includes(v))))
        .map((set) => set.length)
      expect(cut).toHaveLength(Math.min(...sizes))
      expect(disjointPaths).toHaveLength(cut.length)
      const used = disjointPaths.map((edges) => {
        const path = paths.find((one) => String(one.edges) === String(edges))
        expect(path).toBeDefined()
        return path!.nodes.filter(inner)
      })
      expect(new Set(used.flat()).size).toBe(used.flat().length)
    }
  })

  it('are those of the count identity N(s, v) · N(v, t) = N(s, t)', () => {
    for (const seed of seeds) {
      const { graph, sources, sinks, transparent } = world(seed)
      const order = topologicalOrder(graph)
      const { forward, backward } = countPathsThroughNodes(graph, order, sources, sinks)
      const total = countPaths(graph, order, sources, sinks).total
      const expected = [...order].filter(
        (v) => total > 0n && transparent[v] === 0 && forward[v]! * backward[v]! === total,
      )
      expect(dominators(graph, order, sources, sinks, transparent)).toEqual(expected)
    }
  })

  it('go with a path of most hops, the first of them in the order of its nodes', () => {
    for (const seed of seeds) {
      const { graph, sources, sinks, transparent } = world(seed)
      const nodesOf = (path: { readonly nodes: readonly number[] }) => visible(path.nodes, transparent)
      const paths = allPaths(graph, sources, sinks)
      const most = Math.max(...paths.map((path) => nodesOf(path).length))
      const first = paths
        .filter((path) => nodesOf(path).length === most)
        .map(nodesOf)
        .sort(compareSequences)[0]
      const found = criticalPath(graph, topologicalOrder(graph), sources, sinks, transparent)
      const nodes = found && [found.start, ...found.edges.map((edge) => graph.target[edge]!)]
      expect(nodes && visible(nodes, transparent)).toEqual(first ?? null)
      for (const [i, edge] of (found?.edges ?? []).entries()) expect(graph.source[edge]).toBe(nodes![i])
    }
  })
})

function subsets(items: readonly number[]): number[][] {
  return Array.from({ length: 2 ** items.length }, (_, bits) =>
    items.filter((_item, i) => (bits >> i) % 2 === 1),
  )
}

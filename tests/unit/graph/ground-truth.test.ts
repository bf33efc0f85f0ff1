/** The cases with known answers of the reference data: F1, F2, F13, fifty small graphs, three medium ones. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CompactGraph } from '../../../src/graph/compact-graph.js'
import { criticalPath } from '../../../src/graph/critical-path.js'
import { cumulativeInfluence } from '../../../src/graph/cumulative-influence.js'
import { dominators } from '../../../src/graph/dominators.js'
import { edgeInfluence, nodeInfluence } from '../../../src/graph/influence.js'
import { countPaths, countPathsThroughNodes } from '../../../src/graph/path-count.js'
import { pathMass, signedEdgeMass, signedNodeMass } from '../../../src/graph/path-mass.js'
import { absoluteSum, signedSum } from '../../../src/graph/path-sums.js'
import { pathTotals } from '../../../src/graph/path-totals.js'
import { rowSums } from '../../../src/graph/row-sums.js'
import {
  log2Abs,
  SCALED_ZERO,
  type ScaledNumber,
  scaledSum,
  toFloat,
} from '../../../src/graph/scaled-number.js'
import { type StrongPath, strongestPaths } from '../../../src/graph/strongest-paths.js'
import { topologicalOrder } from '../../../src/graph/topological-order.js'
import { vertexCut } from '../../../src/graph/vertex-cut.js'
import { describeWithShared } from '../../support/shared.js'
import { graphOf } from './brute-force.js'

interface Named {
  readonly names: readonly string[]
  readonly at: (name: string) => number
  readonly graph: CompactGraph
  readonly order: Uint32Array
}

type FileEdge =
  | { readonly source: string; readonly target: string; readonly weight: number }
  | readonly [string, string, number]

/** Node indices follow the names, because the files break ties by name. */
function named(nodes: readonly string[], edges: readonly FileEdge[]): Named {
  const names = [...nodes].sort()
  const index = new Map(names.map((name, i) => [name, i]))
  const at = (name: string): number => index.get(name)!
  const rows = edges.map((e) =>
    'source' in e ? ([at(e.source), at(e.target), e.weight] as const) : ([at(e[0]), at(e[1]), e[2]] as const),
  )
  const graph = graphOf(names.length, rows)
  return { names, at, graph, order: topologicalOrder(graph) }
}

function strongest(world: Named, source: string, target: string, count: number): StrongPath[] {
  const stream = strongestPaths(world.graph, world.order, {
    sources: [world.at(source)],
    sinks: [world.at(target)],
    rank: 'ABSOLUTE_PRODUCT',
    zeroProducts: 'LAST',
  })
  const paths: StrongPath[] = []
  for (let path = stream.next(); path !== null && paths.length < count; path = stream.next()) paths.push(path)
  return paths
}

interface Expected {
  readonly pathCount: string
  readonly totalSigned: number
  readonly totalAbsolute: number
  readonly condition: number | null
  readonly exactInFloat64: boolean
  readonly pathWeightsSorted: readonly number[]
  readonly topPaths: readonly { readonly nodes: readonly string[]; readonly weight: number }[]
  readonly tieAtCut: boolean
  readonly dominators: readonly string[]
  readonly minVertexCut: number | null
  readonly maxDisjointPaths: number | null
  readonly longestPathEdges: number | null
  readonly minVertexCuts?: readonly (readonly string[])[]
}

interface SmallGraph {
  readonly name?: string
  readonly channel?: number
  readonly nodes: readonly string[]
  readonly edges: readonly FileEdge[]
  readonly source: string
  readonly target: string
  readonly expected?: Expected
}

function near(found: number, expected: number, exact: boolean, scale = Math.abs(expected)): void {
  if (exact) expect(found).toBe(expected === 0 ? 0 : expected)
  else expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-12 * scale)
}

function holds(file: SmallGraph, expected: Expected): void {
  const world = named(file.nodes, file.edges)
  const ends = [[world.at(file.source)], [world.at(file.target)]] as const
  const exact = expected.exactInFloat64
  expect(String(countPaths(world.graph, world.order, ...ends).total)).toBe(expected.pathCount)

  const totals = pathTotals(world.graph, world.order, ...ends)
  near(toFloat(totals.signed), expected.totalSigned, exact, expected.totalAbsolute)
  near(toFloat(totals.absolute), expected.totalAbsolute, exact)
  if (expected.condition === null) expect(exact ? totals.cancellation : null).toBeNull()
  else expect(Math.abs(totals.cancellation! / expected.condition - 1)).toBeLessThan(1e-9)

  const all = strongest(world, file.source, file.target, 100_000)
  expect(all).toHaveLength(expected.pathWeightsSorted.length)
  for (const [i, weight] of expected.pathWeightsSorted.entries()) near(all[i]!.product!, weight, exact)
  expect(all.slice(0, expected.topPaths.length).map((p) => p.nodes.map((v) => world.names[v]))).toEqual(
    expected.topPaths.map((p) => p.nodes),
  )

  const found = dominators(world.graph, world.order, ...ends).map((v) => world.names[v]!)
  expect(found.sort()).toEqual([...expected.dominators].sort())
  const { cut, separates, directLinks, disjointPaths } = vertexCut(world.graph, ...ends)
  if (file.source === file.target) expect(separates).toBe(false)
  else {
    expect(separates ? cut.length : null).toBe(expected.minVertexCut)
    expect(disjointPaths.length + directLinks).toBe(expected.maxDisjointPaths)
    if (separates && expected.minVertexCuts !== undefined) {
      const names = cut.map((v) => world.names[v]!)
      expect(expected.minVertexCuts.map((c) => [...c].sort())).toContainEqual(names.sort())
    }
  }
  const longest = criticalPath(world.graph, world.order, ...ends)
  expect(longest?.edges.length ?? null).toBe(expected.longestPathEdges)
}

interface Wide {
  readonly decimal: string
  readonly float64: number
  readonly log2Abs: number
}

interface MediumGraph {
  readonly source: string
  readonly target: string
  readonly nodes: readonly string[]
  readonly edges: readonly FileEdge[]
  readonly expected: {
    readonly pathCount: string
    readonly totalSigned: Wide
    readonly totalAbsolute: Wide
    readonly condition: number
    readonly topPaths: readonly { readonly nodes: readonly string[]; readonly weight: Wide }[]
    readonly dominators: readonly string[]
    readonly minVertexCut: number
    readonly longestPathEdges: number
    readonly maxDisjointPaths: number
    readonly sumEdgeMassSigned: Wide
    readonly perNode: Readonly<
      Record<
        string,
        {
          readonly pathsFromSource: string
          readonly signedFromSource: number
          readonly absoluteFromSource: number
          readonly pathsToTarget: string
        }
      >
    >
  }
}

/** Relative difference in the log domain, so that it holds below float64's range too. */
function relativeLog2(found: ScaledNumber, expected: Wide): number {
  return Math.abs(2 ** (log2Abs(found) - expected.log2Abs) - 1)
}

describeWithShared('graph cases with known answers', (shared) => {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(join(shared, 'fixtures/formats/ground-truth', file), 'utf8'))

  it('F1: influence, edge scores and cumulative shares of the twelve-node graph', () => {
    const file = read('F1-influence-12-nodes.json') as {
      readonly edges: readonly {
        readonly source: number
        readonly target: number
        readonly weight: number
      }[]
      readonly influence: readonly number[]
      readonly edgeScores: Readonly<Record<string, number | readonly [string, number]>>
      readonly cumulativeShareDescending: {
        readonly values: Readonly<Record<string, readonly [string, number]>>
      }
      readonly afterRemoving: {
        readonly edges: readonly string[]
        readonly influence: readonly number[]
        readonly edgeScores: Readonly<Record<string, number>>
      }
    }
    const start = new Float64Array(12)
    start[11] = 1
    const check = (
      edges: typeof file.edges,
      influence: readonly number[],
      scores: Readonly<Record<string, number | readonly [string, number]>>,
    ): Float64Array => {
      const graph = graphOf(
        12,
        edges.map((e) => [e.source, e.target, e.weight] as const),
      )
      const order = topologicalOrder(graph)
      const sums = rowSums(graph)
      const found = nodeInfluence(graph, order, sums, start)
      for (const [v, value] of influence.entries()) expect(found[v]).toBeCloseTo(value, 15)
      const edgeScores = edgeInfluence(graph, sums, found, start)
      expect(Object.keys(scores)).toHaveLength(edges.length)
      for (const [e, { source, target }] of edges.entries()) {
        const expected = scores[`${source}->${target}`]!
        expect(edgeScores[e]).toBeCloseTo(typeof expected === 'number' ? expected : expected[1], 15)
      }
      return found
    }
    const influence = check(file.edges, file.influence, file.edgeScores)
    const cumulative = cumulativeInfluence(influence)
    // Only the value at the end of a group of ties is free of their order.
    for (const v of [6, 10, 0, 2, 4, 5, 7, 11])
      expect(cumulative[v]).toBeCloseTo(file.cumulativeShareDescending.values[v]![1], 12)
    const left = file.edges.filter((e) => !file.afterRemoving.edges.includes(`${e.source}->${e.target}`))
    check(left, file.afterRemoving.influence, file.afterRemoving.edgeScores)
  })

  it('F2: counts, totals, ties and order of the MicroModel paths', () => {
    const file = read('F2-micromodel.json') as { readonly channels: readonly (SmallGraph & Expected)[] }
    expect(file.channels).toHaveLength(2)
    for (const channel of file.channels) holds({ ...channel, source: 'in', target: 'out' }, channel)
  })

  it('F2: parallel edges of the factorised form are different paths', () => {
    const file = read('F2-micromodel.json') as {
      readonly factorised: readonly {
        readonly edges: readonly FileEdge[]
        readonly pathCount: string
        readonly totalSigned: number
        readonly dominators: readonly string[]
        readonly maxDisjointPaths: number
        readonly minVertexCutWithoutDirectEdge: number
      }[]
    }
    for (const form of file.factorised) {
      const nodes = new Set(form.edges.flatMap((e) => ('source' in e ? [e.source, e.target] : [])))
      const world = named([...nodes], form.edges)
      const ends = [[world.at('in')], [world.at('out')]] as const
      expect(String(countPaths(world.graph, world.order, ...ends).total)).toBe(form.pathCount)
      expect(toFloat(pathTotals(world.graph, world.order, ...ends).signed)).toBe(form.totalSigned)
      const { cut, separates, directLinks, disjointPaths } = vertexCut(world.graph, ...ends)
      expect(separates).toBe(false)
      expect(cut).toHaveLength(form.minVertexCutWithoutDirectEdge)
      expect(disjointPaths.length + directLinks).toBe(form.maxDisjointPaths)
    }
  })

  it('F13: the diamond cancels, and deleting a node changes the total by minus its mass', () => {
    const file = read('F13-diamond.json') as SmallGraph &
      Expected & { readonly nodeMass: Readonly<Record<string, number>> }
    holds(file, file)
    const world = named(file.nodes, file.edges)
    const mass = pathMass(world.graph, world.order, [world.at('s')], [world.at('t')])
    for (const [node, value] of Object.entries(file.nodeMass)) {
      expect(toFloat(signedNodeMass(mass, world.at(node)))).toBe(value)
      const alive = new Uint8Array(world.names.length).fill(1)
      alive[world.at(node)] = 0
      const without = pathTotals(world.graph, world.order, [world.at('s')], [world.at('t')], alive)
      expect(toFloat(without.signed)).toBe(0 - value)
    }
  })

  describe('fifty small signed graphs', () => {
    const { graphs } = read('random-dags-50.json') as { readonly graphs: readonly Required<SmallGraph>[] }
    it('are all there', () => expect(graphs).toHaveLength(50))
    for (const graph of graphs) it(graph.name, () => holds(graph, graph.expected))
  })

  for (const name of ['medium-random-order', 'medium-layered-huge-count', 'medium-underflow']) {
    describe(name, () => {
      const file = read(`${name}.json`) as MediumGraph
      const world = named(file.nodes, file.edges)
      const { graph, order } = world
      const ends = [[world.at(file.source)], [world.at(file.target)]] as const
      const { expected } = file

      it('counts paths exactly, at every node in both directions', () => {
        expect(String(countPaths(graph, order, ...ends).total)).toBe(expected.pathCount)
        const { forward, backward } = countPathsThroughNodes(graph, order, ...ends)
        for (const [node, row] of Object.entries(expected.perNode)) {
          expect(String(forward[world.at(node)])).toBe(row.pathsFromSource)
          expect(String(backward[world.at(node)])).toBe(row.pathsToTarget)
        }
      })

      it('sums paths without losing them to underflow', () => {
        const totals = pathTotals(graph, order, ...ends)
        expect(relativeLog2(totals.absolute, expected.totalAbsolute)).toBeLessThan(1e-11)
        // The signed total can be known to rounding of the absolute one only: κ times worse.
        expect(relativeLog2(totals.signed, expected.totalSigned)).toBeLessThan(
          1e-13 * expected.condition + 1e-11,
        )
        const mass = pathMass(graph, order, ...ends)
        for (const [node, row] of Object.entries(expected.perNode)) {
          const v = world.at(node)
          expect(Math.abs(toFloat(signedSum(mass.forward, v)) - row.signedFromSource)).toBeLessThanOrEqual(
            1e-12 * row.absoluteFromSource,
          )
          const size = toFloat(absoluteSum(mass.forward, v))
          // Near the smallest float64 the reference itself has few digits.
          if (row.absoluteFromSource > 1e-300)
            expect(Math.abs(size / row.absoluteFromSource - 1)).toBeLessThan(1e-12)
        }
        let edges = SCALED_ZERO
        for (let e = 0; e < graph.edgeCount; e++) edges = scaledSum(edges, signedEdgeMass(graph, mass, e))
        expect(relativeLog2(edges, expected.sumEdgeMassSigned)).toBeLessThan(
          1e-12 * expected.condition + 1e-11,
        )
      })

      it('finds the strongest paths', () => {
        const paths = strongest(world, file.source, file.target, expected.topPaths.length)
        for (const [i, path] of expected.topPaths.entries()) {
          expect(paths[i]!.nodes.map((v) => world.names[v])).toEqual(path.nodes)
          expect(Math.abs(paths[i]!.log2AbsProduct! - path.weight.log2Abs)).toBeLessThan(1e-11)
          expect(paths[i]!.product === 0).toBe(path.weight.float64 === 0)
        }
      })

      it('finds dominators, smallest cut and disjoint paths', () => {
        const found = dominators(graph, order, ...ends).map((v) => world.names[v]!)
        expect(found.sort()).toEqual([...expected.dominators].sort())
        const { cut, separates, disjointPaths } = vertexCut(graph, ...ends)
        expect(separates).toBe(true)
        expect(cut).toHaveLength(expected.minVertexCut)
        expect(disjointPaths).toHaveLength(expected.maxDisjointPaths)
        const alive = new Uint8Array(graph.nodeCount).fill(1)
        for (const v of cut) alive[v] = 0
        expect(countPaths(graph, order, ...ends, alive).total).toBe(0n)
        expect(criticalPath(graph, order, ...ends)!.edges).toHaveLength(expected.longestPathEdges)
      })
    })
  }
})

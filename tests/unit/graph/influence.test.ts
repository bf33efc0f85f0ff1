import { cumulativeInfluence, valueAtShare } from '../../../src/graph/cumulative-influence.js'
import { graphScores } from '../../../src/graph/graph-scores.js'
import { type NodeRole, nodeInfluence } from '../../../src/graph/influence.js'
import { pruneGraph } from '../../../src/graph/prune-graph.js'
import { rowShares } from '../../../src/graph/row-shares.js'
import { rowSums } from '../../../src/graph/row-sums.js'
import { topologicalOrder } from '../../../src/graph/topological-order.js'
import { type EdgeRow, graphOf, seeded } from './brute-force.js'

type Matrix = number[][]

/** Features first, then errors, tokens, logits, as circuit-tracer lays them out; at most one edge per pair. */
function world(seed: number) {
  const random = seeded(seed)
  const features = 2 + Math.floor(random() * 8)
  const roles: NodeRole[] = [
    ...Array<NodeRole>(features).fill('feature'),
    ...Array<NodeRole>(2).fill('error'),
    ...Array<NodeRole>(2).fill('token'),
    ...Array<NodeRole>(2).fill('logit'),
  ]
  const n = roles.length
  const rank = roles.map((role, v) => (role === 'logit' ? n + v : role === 'feature' ? v : -1))
  const dense: Matrix = roles.map(() => roles.map(() => 0))
  const edges: EdgeRow[] = []
  for (let s = 0; s < n; s++) {
    for (let t = 0; t < n; t++) {
      if (rank[s]! >= rank[t]! || roles[s] === 'logit' || random() < 0.45) continue
      const value = Math.round((random() * 2 - 1) * 8) || 1
      edges.push([s, t, value])
      dense[t]![s] = value
    }
  }
  const p = roles.map((role) => (role === 'logit' ? 0.3 : 0))
  const graph = graphOf(n, edges)
  return { n, roles, dense, edges, p, graph, order: topologicalOrder(graph) }
}

function normalised(dense: Matrix): Matrix {
  return dense.map((row) => {
    const sum = row.reduce((all, value) => all + Math.abs(value), 0)
    return row.map((value) => Math.abs(value) / Math.max(sum, 1e-10))
  })
}

/** Neumann iteration on the dense matrix. */
function denseInfluence(dense: Matrix, p: readonly number[]): number[] {
  const share = normalised(dense)
  const total = p.map(() => 0)
  let current = [...p]
  for (let power = 0; power < p.length; power++) {
    current = p.map((_, s) => share.reduce((all, row, t) => all + row[s]! * current[t]!, 0))
    for (const [s, value] of current.entries()) total[s]! += value
  }
  return total
}

const seeds = Array.from({ length: 150 }, (_, i) => i + 1)

describe('influence', () => {
  it('equals the Neumann sum over the dense matrix', () => {
    for (const seed of seeds) {
      const { graph, order, dense, p } = world(seed)
      const found = nodeInfluence(graph, order, rowSums(graph), p)
      for (const [v, value] of denseInfluence(dense, p).entries()) expect(found[v]).toBeCloseTo(value, 13)
    }
  })

  it('is conserved: nodes without inputs hold what the logits with inputs started with', () => {
    for (const seed of seeds) {
      const { n, graph, order, p } = world(seed)
      const found = nodeInfluence(graph, order, rowSums(graph), p)
      let roots = 0
      let started = 0
      for (let v = 0; v < n; v++) {
        if (graph.inStart[v] === graph.inStart[v + 1]) roots += found[v]!
        else started += p[v]!
      }
      expect(roots).toBeCloseTo(started, 13)
    }
  })
})

describe('row shares', () => {
  it('are computed between visible nodes: three writers behind a chain have a third each', () => {
    // 0, 1 → point 4 → point 5 → reader 3; 2 → point 5.
    const graph = graphOf(6, [
      [0, 4, 1],
      [1, 4, 1],
      [4, 5, 1],
      [2, 5, 1],
      [5, 3, 0.25],
    ])
    const shares = rowShares(graph, topologicalOrder(graph), Uint8Array.of(0, 0, 0, 0, 1, 1))
    expect([...shares]).toEqual([1, 1, 1, 1, 1 / 3])
  })

  it('of a row of zeros are zeros, and an edge without a value has none and takes none', () => {
    const graph = graphOf(4, [
      [0, 3, Number.NaN],
      [1, 3, -3],
      [2, 3, 1],
      [0, 1, 0],
    ])
    expect([...rowShares(graph, topologicalOrder(graph))]).toEqual([Number.NaN, 0.75, 0.25, 0])
  })
})

describe('cumulative influence', () => {
  it('is low for what matters, 1 for what has none, and takes equals in canonical order', () => {
    expect([...cumulativeInfluence(Float64Array.of(0, 2, 4, 2))]).toEqual([1, 0.75, 0.5, 1])
    expect([...cumulativeInfluence(new Float64Array(2))]).toEqual([0, 0])
  })

  it('names the value at which a share is reached', () => {
    const values = Float64Array.of(1, 4, 0, 2, 1)
    expect([0, 0.5, 0.51, 0.75, 0.8, 1].map((share) => valueAtShare(values, share))).toEqual([
      4, 4, 2, 2, 1, 1,
    ])
    expect(valueAtShare(new Float64Array(3), 0.8)).toBe(0)
    expect(valueAtShare(new Float64Array(0), 0.8)).toBe(0)
  })
})

/** The rounds of the original, on whole matrices. */
function densePrune(w: ReturnType<typeof world>, nodeThreshold: number, edgeThreshold: number) {
  const { n, roles, p, dense } = w
  const always = roles.map((role) => role === 'token' || role === 'logit')
  const threshold = (values: readonly number[], share: number): number => {
    const sorted = [...values].sort((a, b) => b - a)
    const total = sorted.reduce((a, b) => a + b, 0)
    let sum = 0
    const at = sorted.findIndex((value) => {
      sum += value
      return sum / total >= share
    })
    return at < 0 ? sorted[sorted.length - 1]! : sorted[at]!
  }
  const influence = denseInfluence(dense, p)
  const cut = threshold(influence, nodeThreshold)
  let nodes = influence.map((value, v) => always[v]! || value >= cut)
  const left = dense.map((row, t) => row.map((value, s) => (nodes[t] && nodes[s] ? value : 0)))
  const after = denseInfluence(left, p)
  const scores = normalised(left).map((row, t) => row.map((share) => share * (after[t]! + p[t]!)))
  const edgeCut = threshold(scores.flat(), edgeThreshold)
  let edges = scores.map((row, t) => row.map((score, s) => left[t]![s] !== 0 && score >= edgeCut))
  for (let round = 0; round <= n; round++) {
    nodes = nodes.map(
      (kept, v) =>
        kept &&
        (always[v]! ||
          (edges.some((row) => row[v]) && (roles[v] === 'error' || edges[v]!.some((edge) => edge)))),
    )
    edges = edges.map((row, t) => row.map((edge, s) => edge && nodes[t]! && nodes[s]!))
  }
  return { nodes, edges }
}

describe('pruning', () => {
  it('keeps what the rounds on whole matrices keep', () => {
    let dropped = 0
    for (const seed of seeds) {
      const w = world(seed)
      for (const [node, edge] of [
        [0.8, 0.98],
        [0.6, 0.9],
        [0.35, 0.5],
        [1, 0.7],
      ] as const) {
        const found = pruneGraph(w.graph, w.order, w.roles, w.p, node, edge)
        const expected = densePrune(w, node, edge)
        expect([seed, node, [...found.keptNodes]]).toEqual([seed, node, expected.nodes.map(Number)])
        expect([...found.keptEdges]).toEqual(w.edges.map(([s, t]) => Number(expected.edges[t]![s])))
        dropped += expected.nodes.filter((kept) => !kept).length
      }
    }
    expect(dropped).toBeGreaterThan(500)
  })

  it('keeps tokens and logits even when nothing is left between them', () => {
    const graph = graphOf(3, [])
    const roles: NodeRole[] = ['feature', 'token', 'logit']
    const kept = pruneGraph(graph, topologicalOrder(graph), roles, [0, 0, 1], 0.8, 0.98)
    expect([...kept.keptNodes]).toEqual([0, 1, 1])
  })
})

describe('graph scores', () => {
  it('are what their definitions give on the dense matrix', () => {
    for (const seed of seeds) {
      const { graph, order, roles, dense, p } = world(seed)
      const sums = rowSums(graph)
      const found = graphScores(graph, roles, sums, nodeInfluence(graph, order, sums, p), p)
      const influence = denseInfluence(dense, p)
      const of = (role: NodeRole): number =>
        influence.reduce((sum, value, v) => sum + (roles[v] === role ? value : 0), 0)
      const fraction = normalised(dense).map(
        (row) => 1 - row.reduce((sum, share, s) => sum + (roles[s] === 'error' ? share : 0), 0),
      )
      const weight = influence.map((value, v) => value + p[v]!)
      const total = weight.reduce((a, b) => a + b, 0)
      const explained = weight.reduce((sum, value, v) => sum + value * fraction[v]!, 0)
      if (of('token') + of('error') === 0) expect(found.replacement).toBeNull()
      else expect(found.replacement).toBeCloseTo(of('token') / (of('token') + of('error')), 13)
      expect(found.completeness).toBeCloseTo(explained / total, 13)
    }
  })

  it('are null where nothing has influence', () => {
    const graph = graphOf(1, [])
    expect(graphScores(graph, ['logit'], new Float64Array(0), new Float64Array(1), [0])).toEqual({
      replacement: null,
      completeness: null,
    })
  })
})

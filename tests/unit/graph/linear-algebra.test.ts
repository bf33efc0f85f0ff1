/** Linear effects and gradients on graphs against dense linear algebra: (I − Ã)⁻¹ by elimination (semantics.md §1). */
import fc from 'fast-check'
import { linearEffect } from '../../../src/graph/linear-effect.js'
import { linearGradient } from '../../../src/graph/linear-gradient.js'
import {
  composed,
  type LinearModel,
  type NodeChange,
  withoutEdges,
  zeroed,
} from '../../../src/graph/linear-model.js'
import { topologicalOrder } from '../../../src/graph/topological-order.js'
import { type EdgeRow, graphOf, seeded } from './brute-force.js'

type Matrix = number[][]

/** A random network of n nodes, the last two its ends, with clean values and ∂t/∂s; parallel edges included. */
function network(seed: number) {
  const random = seeded(seed)
  const n = 4 + Math.floor(random() * 8)
  const clean = Array.from({ length: n }, () => (random() < 0.5 ? -1 : 1) * (0.25 + random() * 3))
  const derivatives: EdgeRow[] = []
  for (let s = 0; s < n - 2; s++)
    for (let t = s + 1; t < n; t++)
      for (let copy = 0; copy < 2; copy++)
        if (random() < (copy === 0 ? 0.5 : 0.1)) derivatives.push([s, t, random() * 2 - 1])
  const modelOf = (edges: LinearModel['edges']): LinearModel => {
    const graph = graphOf(
      n,
      derivatives.map(([s, t, d]) => [s, t, edges === 'DERIVATIVE' ? d : clean[s]! * d] as const),
    )
    return {
      graph,
      order: topologicalOrder(graph),
      edges,
      isEnd: Uint8Array.from({ length: n }, (_, v) => Number(v >= n - 2)),
      activation: clean.map((value, v) => (v >= n - 2 ? null : value)),
      nameOf: (v) => `n${v}`,
    }
  }
  return { n, clean, derivatives, modelOf, random }
}

/** Gauss–Jordan with row exchange. */
function inverse(matrix: Matrix): Matrix {
  const n = matrix.length
  const rows = matrix.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => Number(i === j))])
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let i = column; i < n; i++)
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i
    ;[rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!]
    const scale = rows[column]![column]!
    rows[column] = rows[column]!.map((value) => value / scale)
    for (let i = 0; i < n; i++) {
      const factor = rows[i]![column]!
      if (i !== column) rows[i] = rows[i]!.map((value, j) => value - factor * rows[column]![j]!)
    }
  }
  return rows.map((row) => row.slice(n))
}

/** I − Ã of an attribution graph: rows are targets, those of features divided by their activation. */
function dense(model: LinearModel): Matrix {
  const { graph, isEnd, activation } = model
  const matrix = Array.from({ length: graph.nodeCount }, (_, i) =>
    Array.from({ length: graph.nodeCount }, (__, j) => Number(i === j)),
  )
  for (let e = 0; e < graph.edgeCount; e++) {
    const t = graph.target[e]!
    matrix[t]![graph.source[e]!]! -= graph.weight[e]! / (isEnd[t] === 1 ? 1 : activation[t]!)
  }
  return matrix
}

/** All values of the network after changes, and before: constants make the clean values come out of clean inputs. */
function values(
  { n, clean, derivatives }: ReturnType<typeof network>,
  nodes: ReadonlyMap<number, NodeChange>,
  cut: ReadonlySet<number>,
): number[] {
  const constants = clean.map((value, t) =>
    derivatives.reduce((rest, [s, to, d]) => (to === t ? rest - d * clean[s]! : rest), value),
  )
  // v = f · (constant + Σ_kept d · s) + b, solved as a whole.
  const matrix = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => Number(i === j)))
  for (const [e, [s, t, d]] of derivatives.entries())
    if (!cut.has(e)) matrix[t]![s]! -= (nodes.get(t)?.factor ?? 1) * d
  const right = constants.map((constant, t) => {
    const { factor, added } = nodes.get(t) ?? { factor: 1, added: 0 }
    return factor * constant + added
  })
  return inverse(matrix).map((row) => row.reduce((sum, value, j) => sum + value * right[j]!, 0))
}

const seeds = fc.integer({ min: 1, max: 1_000_000 })

describe('linear arithmetic on graphs', () => {
  it('zeroing v changes an end by −[(I − Ã)⁻¹], scaling it by λ by (λ − 1) of it, an edge by −A/a · total', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: -3, max: 3, noNaN: true }), (seed, factor) => {
        const { n, modelOf, clean } = network(seed)
        const model = modelOf('CONTRIBUTION')
        const total = inverse(dense(model))[n - 1]!
        const end = [{ node: n - 1, weight: 1 }]
        for (let v = 0; v < n - 2; v++) {
          expect(linearEffect(model, zeroed([v]), end).effect).toBeCloseTo(-total[v]!, 9)
          const scaled = { nodes: new Map([[v, { factor, added: 0 }]]), edges: new Set<number>() }
          expect(linearEffect(model, scaled, end).effect).toBeCloseTo((factor - 1) * total[v]!, 9)
        }
        const { graph, isEnd } = model
        for (let e = 0; e < graph.edgeCount; e++) {
          const t = graph.target[e]!
          const expected = (-graph.weight[e]! / (isEnd[t] === 1 ? 1 : clean[t]!)) * total[t]!
          expect(linearEffect(model, withoutEdges([e]), end).effect).toBeCloseTo(expected, 9)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('sets of nodes and edges, zeroed, scaled, set and added to at once, change what the network says', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom('CONTRIBUTION' as const, 'DERIVATIVE' as const), (seed, edges) => {
        const net = network(seed)
        const { n, clean, derivatives, modelOf, random } = net
        const kinds: ((v: number) => NodeChange)[] = [
          () => ({ factor: 0, added: 0 }),
          () => ({ factor: random() * 4 - 2, added: 0 }),
          () => ({ factor: 0, added: random() * 4 - 2 }),
          () => ({ factor: 1, added: random() * 4 - 2 }),
        ]
        const nodes = new Map<number, NodeChange>()
        for (let v = 0; v < n - 2; v++)
          if (random() < 0.3) nodes.set(v, kinds[Math.floor(random() * kinds.length)]!(v))
        const cut = new Set(derivatives.flatMap((_, e) => (random() < 0.2 ? [e] : [])))
        const after = values(net, nodes, cut)
        const model = modelOf(edges)
        const difference = [
          { node: n - 1, weight: 1 },
          { node: n - 2, weight: -1 },
        ]
        const found = linearEffect(model, { nodes, edges: cut }, difference)
        expect(found.reason).toBeNull()
        const before = clean[n - 1]! - clean[n - 2]!
        expect(found.effect).toBeCloseTo(after[n - 1]! - after[n - 2]! - before, 8)
        // A feature as the end, in its own unit.
        const own = linearEffect(model, { nodes, edges: cut }, [{ node: n - 3, weight: 1 }])
        expect(own.effect).toBeCloseTo(after[n - 3]! - clean[n - 3]!, 8)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps everything when nothing is removed, and all of it is lost edge by edge or all at once', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const net = network(seed)
        const model = net.modelOf('CONTRIBUTION')
        const end = [{ node: net.n - 1, weight: 1 }]
        expect(linearEffect(model, withoutEdges([]), end)).toEqual({ effect: 0, reason: null })
        const all = net.derivatives.map((_, e) => e)
        const direct = net.derivatives.reduce(
          (sum, [s, t, d]) => (t === net.n - 1 ? sum + d * net.clean[s]! : sum),
          0,
        )
        expect(linearEffect(model, withoutEdges(all), end).effect).toBeCloseTo(-direct, 9)
      }),
      { numRuns: 50 },
    )
  })

  it('one pass gives the effect of every node and every edge alone', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom('CONTRIBUTION' as const, 'DERIVATIVE' as const),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (seed, edges, value) => {
          const net = network(seed)
          const model = net.modelOf(edges)
          const ends = [{ node: net.n - 1, weight: 1 }]
          const gradient = linearGradient(model, ends, 'ALL_PATHS')
          for (let v = 0; v < net.n - 2; v++) {
            const held = { nodes: new Map([[v, { factor: 0, added: value }]]), edges: new Set<number>() }
            expect(gradient.node(v, value).effect).toBeCloseTo(linearEffect(model, held, ends).effect!, 9)
          }
          net.derivatives.forEach((_, e) => {
            expect(gradient.edge(e, 0).effect).toBeCloseTo(
              linearEffect(model, withoutEdges([e]), ends).effect!,
              9,
            )
          })
          const direct = linearGradient(model, ends, 'DIRECT')
          for (let v = 0; v < net.n - 2; v++) {
            const own = net.derivatives.reduce(
              (sum, [s, t, d]) => (s === v && t === net.n - 1 ? sum + d : sum),
              0,
            )
            expect(direct.node(v, 0).effect).toBeCloseTo(-own * net.clean[v]!, 9)
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('several changes of one node are one', () => {
    // 3 · (2x + 5) − 1
    const both = composed(
      { factor: 2, added: 5 },
      composed({ factor: 3, added: 0 }, { factor: 1, added: -1 }),
    )
    expect(both).toEqual({ factor: 6, added: 14 })
  })

  it('a value that is not known is named, not guessed', () => {
    // 0 → 1 → 2 (end).
    const graph = graphOf(3, [
      [0, 1, 6],
      [1, 2, 5],
    ])
    const model = (edges: LinearModel['edges'], activation: (number | null)[]): LinearModel => ({
      graph,
      order: topologicalOrder(graph),
      edges,
      isEnd: Uint8Array.of(0, 0, 1),
      activation,
      nameOf: (v) => `n${v}`,
    })
    const end = [{ node: 2, weight: 1 }]
    const set = (node: number, change: NodeChange) => ({
      nodes: new Map([[node, change]]),
      edges: new Set<number>(),
    })
    const derivative = model('DERIVATIVE', [null, 2, null])
    expect(linearEffect(derivative, zeroed([0]), end).reason).toBe(
      'n0 has no activation, so its change is not known',
    )
    expect(linearEffect(derivative, set(0, { factor: 1, added: 0.5 }), end).effect).toBe(15)
    expect(linearEffect(derivative, withoutEdges([0]), end).reason).toBe(
      'n0 has no activation, so what its edge carries is not known',
    )
    const contribution = model('CONTRIBUTION', [null, 0, null])
    expect(linearEffect(contribution, set(1, { factor: 0, added: 1 }), end).reason).toBe(
      'n1 has an activation of 0, so the graph does not say what another value would do',
    )
    expect(linearEffect(contribution, withoutEdges([0]), end).reason).toBe(
      'n1 lies on a path to the end and its activation is 0',
    )
    const gradient = linearGradient(contribution, end, 'ALL_PATHS')
    expect(gradient.node(0, 0).reason).toBe('n1 lies on a path to the end and its activation is 0')
    expect(gradient.edge(0, 0).reason).toBe('n1 lies on a path to the end and its activation is 0')
    expect(gradient.edge(1, 0)).toEqual({ effect: -5, reason: null })
    expect(gradient.node(2, 0).reason).toBe('the node is the end that is measured')
  })
})

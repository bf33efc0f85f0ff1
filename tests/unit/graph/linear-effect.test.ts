import { linearEffect } from '../../../src/graph/linear-effect.js'
import { zeroed } from '../../../src/graph/linear-model.js'
import { scoreOfCut, scoreOfRemoval } from '../../../src/graph/score-removal.js'
import { topologicalOrder } from '../../../src/graph/topological-order.js'
import { type EdgeRow, graphOf, seeded } from './brute-force.js'

/**
 * A linear network: value t = constant + Σ derivative · value s, clean values a. Its attribution graph has
 * A[t, s] = a_s · derivative. Nodes n − 2 and n − 1 are logits.
 */
function network(seed: number) {
  const random = seeded(seed)
  const n = 5 + Math.floor(random() * 7)
  const clean = Array.from({ length: n }, () => (random() < 0.5 ? -1 : 1) * (0.25 + random() * 3))
  const derivatives: EdgeRow[] = []
  for (let s = 0; s < n - 2; s++) {
    for (let t = s + 1; t < n; t++) if (random() < 0.45) derivatives.push([s, t, random() * 2 - 1])
  }
  const graph = graphOf(
    n,
    derivatives.map(([s, t, d]) => [s, t, clean[s]! * d] as const),
  )
  const run = (held: ReadonlyMap<number, number>): number[] => {
    const change = clean.map(() => 0)
    for (let t = 0; t < n; t++) {
      const forced = held.get(t)
      change[t] =
        forced !== undefined
          ? forced - clean[t]!
          : derivatives.reduce((sum, [s, to, d]) => sum + (to === t ? d * change[s]! : 0), 0)
    }
    return change
  }
  const model = {
    graph,
    order: topologicalOrder(graph),
    edges: 'CONTRIBUTION' as const,
    isEnd: Uint8Array.from({ length: n }, (_, v) => (v >= n - 2 ? 1 : 0)),
    activation: clean,
    nameOf: (v: number) => `n${v}`,
  }
  return { n, clean, model, run, random }
}

describe('linear effect on an attribution graph', () => {
  it('is what happens in a linear network when nodes are held at 0 or at any multiple', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const { n, clean, model, run, random } = network(seed)
      const set = Array.from({ length: n - 2 }, (_, v) => v).filter(() => random() < 0.35)
      for (const factor of [0, 0.5, -2]) {
        const change = run(new Map(set.map((v) => [v, factor * clean[v]!])))
        const difference = [
          { node: n - 1, weight: 1 },
          { node: n - 2, weight: -1 },
        ]
        const held = {
          nodes: new Map(set.map((v) => [v, { factor: 0, added: factor * clean[v]! }])),
          edges: new Set<number>(),
        }
        const found = linearEffect(model, held, difference)
        expect(found.reason).toBeNull()
        expect(found.effect).toBeCloseTo(change[n - 1]! - change[n - 2]!, 9)
      }
    }
  })

  // 0 → 1 → 3 (logit), 0 → 2, with A[1, 0] = 6, A[3, 1] = 5, A[2, 0] = 4.
  const graph = graphOf(4, [
    [0, 1, 6],
    [1, 3, 5],
    [0, 2, 4],
  ])
  const chain = {
    graph,
    order: topologicalOrder(graph),
    edges: 'CONTRIBUTION' as const,
    isEnd: Uint8Array.of(0, 0, 0, 1),
    nameOf: (v: number) => `n${v}`,
  }
  const end = [{ node: 3, weight: 1 }]

  it('needs the activations on the paths, and no others', () => {
    expect(linearEffect({ ...chain, activation: [null, 2, null, null] }, zeroed([0]), end)).toEqual({
      effect: -15,
      reason: null,
    })
    expect(linearEffect({ ...chain, activation: [null, null, null, null] }, zeroed([1]), end)).toEqual({
      effect: -5,
      reason: null,
    })
  })

  it('is null with a reason that names the node whose activation is missing or 0', () => {
    expect(linearEffect({ ...chain, activation: [1, null, 1, null] }, zeroed([0]), end)).toEqual({
      effect: null,
      reason: 'n1 lies on a path to the end and has no activation',
    })
    expect(linearEffect({ ...chain, activation: [1, 0, 1, null] }, zeroed([0]), end)).toEqual({
      effect: null,
      reason: 'n1 lies on a path to the end and its activation is 0',
    })
  })

  it('does not need the activation of a feature that is held itself', () => {
    expect(linearEffect({ ...chain, activation: [1, null, 1, null] }, zeroed([0, 1]), end)).toEqual({
      effect: -5,
      reason: null,
    })
  })

  it('is 0 where nothing leads to the end, and refuses the end itself', () => {
    expect(linearEffect({ ...chain, activation: [1, 1, 1, 1] }, zeroed([2]), end)).toEqual({
      effect: 0,
      reason: null,
    })
    expect(linearEffect({ ...chain, activation: [1, 1, 1, 1] }, zeroed([3]), end).reason).toBe(
      'n3 is itself the end that is measured',
    )
  })
})

describe('removal by scores', () => {
  const graph = graphOf(5, [
    [0, 1, 0.5],
    [1, 2, -0.25],
    [0, 2, 2],
    [2, 3, 4],
    [1, 4, Number.NaN],
  ])
  const order = topologicalOrder(graph)
  const name = (v: number): string => `n${v}`

  it('of one node is the sum of the scores of its outgoing edges', () => {
    expect(scoreOfRemoval(graph, order, [0], name)).toEqual({ effect: 2.5, reason: null })
    expect(scoreOfRemoval(graph, order, [3], name)).toEqual({ effect: 0, reason: null })
  })

  it('of a set is the sum over the edges that leave it', () => {
    expect(scoreOfRemoval(graph, order, [0, 2], name)).toEqual({
      effect: null,
      reason: 'a path leaves the set and enters it again at n2',
    })
    expect(scoreOfRemoval(graph, order, [2, 3], name)).toEqual({ effect: 0, reason: null })
    const scored = graphOf(4, [
      [0, 1, 0.5],
      [1, 2, -0.25],
      [0, 2, 2],
      [2, 3, 4],
    ])
    expect(scoreOfRemoval(scored, topologicalOrder(scored), [0, 1], name)).toEqual({
      effect: 1.75,
      reason: null,
    })
  })

  it('is null where a leaving edge is unscored', () => {
    expect(scoreOfRemoval(graph, order, [1], name)).toEqual({
      effect: null,
      reason: 'the edge from n1 to n4 has no score',
    })
  })
})

describe('removal of edges by scores', () => {
  // 0 → 1 → 3 and 0 → 2 → 3.
  const scored = graphOf(4, [
    [0, 1, 0.5],
    [1, 3, -0.25],
    [0, 2, 2],
    [2, 3, Number.NaN],
  ])
  const cut = (...edges: number[]) =>
    scoreOfCut(scored, topologicalOrder(scored), new Set(edges), (v) => `n${v}`)

  it('is the sum of their scores where no path runs through two of them', () => {
    expect(cut(0, 2)).toEqual({ effect: 2.5, reason: null })
    expect(cut(1, 2)).toEqual({ effect: 1.75, reason: null })
    expect(cut()).toEqual({ effect: 0, reason: null })
  })

  it('is null for edges in series and for an unscored one, with the reason', () => {
    expect(cut(0, 1)).toEqual({
      effect: null,
      reason: 'a path runs through two of the edges, the second from n1 to n3',
    })
    expect(cut(3)).toEqual({ effect: null, reason: 'the edge from n2 to n3 has no score' })
  })
})

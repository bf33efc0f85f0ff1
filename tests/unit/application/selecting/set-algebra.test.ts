/** Laws of sets, on graphs of one circuit and of two. */
import fc from 'fast-check'
import type { Circuit, GraphData } from '../../../../src/domain/graph-data.js'
import type { GraphExpression, NodeSelector } from '../../../../src/query/graph-expression.js'
import { drawnGraph } from '../../../support/drawn-graph.js'
import { edgesOf, nodesOf, selectionOver } from '../../../support/selection.js'
import { attributionGraph } from '../../../support/tiny-graph.js'

const layers = (lte: number): GraphExpression => ({ kind: 'nodes', where: { layer: { lte } } })
const heavy = (absGte: number): GraphExpression => ({ kind: 'edges', where: { weight: { absGte } } })
const positive: GraphExpression = { kind: 'edges', where: { weight: { gt: 0 } } }
const union = (...of: GraphExpression[]): GraphExpression => ({ kind: 'union', of })
const intersection = (...of: GraphExpression[]): GraphExpression => ({ kind: 'intersection', of })
const minus = (of: GraphExpression, ...others: GraphExpression[]): GraphExpression => ({
  kind: 'difference',
  of,
  minus: others,
})
const same: GraphExpression = { kind: 'nodes', where: {} }

const parts = fc.constantFrom(same, layers(0), layers(2), heavy(2), heavy(4), positive, {
  kind: 'nodes',
  where: { position: { gte: 1 } },
} satisfies GraphExpression)

const shown = (graph: GraphData) => ({ nodes: nodesOf(graph), edges: edgesOf(graph) })

/** Operands on the circuit asked, or on the other one. */
function drawnOperands(): fc.Arbitrary<{
  circuits: Circuit[]
  a: GraphExpression
  b: GraphExpression
  c: GraphExpression
}> {
  return fc
    .tuple(drawnGraph, drawnGraph, fc.array(fc.tuple(parts, fc.boolean()), { minLength: 3, maxLength: 3 }))
    .map(([own, other, drawn]) => {
      const [a, b, c] = drawn.map(
        ([part, isOther]): GraphExpression =>
          isOther
            ? { kind: 'pipe', steps: [{ kind: 'graph', graph: { type: 'circuit', id: other.id } }, part] }
            : part,
      ) as [GraphExpression, GraphExpression, GraphExpression]
      return { circuits: [own, other], a, b, c }
    })
}

const names = (rows: readonly string[]): string[] => rows.map((row) => row.split(' ').slice(0, 2).join(' '))

const joinedSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> => new Set([...a, ...b])
const kept = (a: ReadonlySet<string>, b: ReadonlySet<string>, inBoth: boolean): Set<string> =>
  new Set([...a].filter((one) => b.has(one) === inBoth))

describe('set algebra on graphs', () => {
  it('distributes: A ∩ (B ∪ C) is (A ∩ B) ∪ (A ∩ C)', () =>
    fc.assert(
      fc.asyncProperty(drawnOperands(), async ({ circuits, a, b, c }) => {
        const { of } = selectionOver(circuits)
        const left = await of(intersection(a, union(b, c)))
        const right = await of(union(intersection(a, b), intersection(a, c)))
        expect(shown(left.graph)).toEqual(shown(right.graph))
      }),
    ))

  it('is the algebra of their node and edge addresses', () =>
    fc.assert(
      fc.asyncProperty(drawnOperands(), async ({ circuits, a, b }) => {
        const { of } = selectionOver(circuits)
        const [x, y] = [(await of(a)).graph, (await of(b)).graph]
        const [xNodes, yNodes] = [new Set(nodesOf(x)), new Set(nodesOf(y))]
        const [xEdges, yEdges] = [new Set(names(edgesOf(x))), new Set(names(edgesOf(y)))]
        const joined = (await of(union(a, b))).graph
        expect(new Set(nodesOf(joined))).toEqual(joinedSet(xNodes, yNodes))
        expect(new Set(names(edgesOf(joined)))).toEqual(joinedSet(xEdges, yEdges))
        expect(joined.edges.count).toBe(joinedSet(xEdges, yEdges).size)
        const both = (await of(intersection(a, b))).graph
        expect(new Set(nodesOf(both))).toEqual(kept(xNodes, yNodes, true))
        expect(new Set(names(edgesOf(both)))).toEqual(kept(xEdges, yEdges, true))
        const rest = (await of(minus(a, b))).graph
        const restEdges = kept(xEdges, yEdges, false)
        expect(new Set(names(edgesOf(rest)))).toEqual(restEdges)
        const ends = new Set([...restEdges].flatMap((name) => name.split(' ')))
        expect(new Set(nodesOf(rest))).toEqual(joinedSet(kept(xNodes, yNodes, false), ends))
        // Values are those of the first operand that has the edge.
        for (const row of edgesOf(joined))
          expect([...edgesOf(x), ...edgesOf(y)].find((one) => names([one])[0] === names([row])[0])).toBe(row)
      }),
    ))

  it('gives nothing for A \\ A and A for A ∪ A; the edges of (A ∪ B) \\ B are those of A \\ B', () =>
    fc.assert(
      fc.asyncProperty(drawnOperands(), async ({ circuits, a, b }) => {
        const { of } = selectionOver(circuits)
        expect(shown((await of(minus(a, a))).graph)).toEqual({ nodes: [], edges: [] })
        expect(shown((await of(union(a, a))).graph)).toEqual(shown((await of(a)).graph))
        expect(names(edgesOf((await of(minus(union(a, b), b))).graph))).toEqual(
          names(edgesOf((await of(minus(a, b))).graph)),
        )
      }),
    ))

  it('takes away nodes with their edges: what is left is what the others induce', () =>
    fc.assert(
      fc.asyncProperty(drawnGraph, parts, async (circuit, part) => {
        const { of } = selectionOver([circuit])
        const nodes: NodeSelector = { kind: 'expression', expression: part, members: null }
        const gone = nodesOf((await of(part)).graph)
        const left = await of({ kind: 'without', nodes })
        const induced = await of({ kind: 'nodes', where: { NOT: { address: { in: gone } } } })
        expect(shown(left.graph)).toEqual(shown(induced.graph))
      }),
    ))

  it('keeps canonical order whatever the operands were', () =>
    fc.assert(
      fc.asyncProperty(drawnOperands(), async ({ circuits, a, b }) => {
        const { graph } = await selectionOver(circuits).of(union(a, b))
        const { source, target, count } = graph.edges
        for (const [i, node] of graph.nodes.entries()) expect(node.ordinal).toBe(i)
        for (let e = 1; e < count; e++)
          expect(source[e]! - source[e - 1]! || target[e]! - target[e - 1]!).toBeGreaterThanOrEqual(0)
      }),
    ))

  it('tells parallel edges apart by where they stand in their own graph', async () => {
    const parallel = attributionGraph(
      ['feature(0/1)@0', 'feature(1/1)@0'],
      [
        ['feature(0/1)@0', 'feature(1/1)@0', 1],
        ['feature(0/1)@0', 'feature(1/1)@0', 2],
      ],
    )
    const { of } = selectionOver([parallel])
    expect((await of(union(minus(same, heavy(2)), heavy(2)))).graph.edges.count).toBe(2)
    expect((await of(intersection(minus(same, heavy(2)), heavy(2)))).graph.edges.count).toBe(0)
    expect(edgesOf((await of(minus(same, heavy(2)))).graph)).toEqual(['feature(0/1)@0 feature(1/1)@0 1'])
  })

  it('takes values from what an operand has, not from the graph that it is a part of', async () => {
    const edge = (weight: number) =>
      attributionGraph(['feature(0/1)@0', 'feature(1/1)@0'], [['feature(0/1)@0', 'feature(1/1)@0', weight]])
    const [a, b] = [edge(1), edge(2)]
    const { of } = selectionOver([a, b])
    const other: GraphExpression = { kind: 'graph', graph: { type: 'circuit', id: b.id } }
    const joined = union(heavy(2), other)
    expect(edgesOf((await of(joined)).graph)).toEqual(['feature(0/1)@0 feature(1/1)@0 2'])
    expect(edgesOf((await of(union(joined, same))).graph)).toEqual(['feature(0/1)@0 feature(1/1)@0 2'])
    expect(edgesOf((await of(union(same, joined))).graph)).toEqual(['feature(0/1)@0 feature(1/1)@0 1'])
  })

  it('keeps the scores of every operand, the first value of a node that several have', async () => {
    const [a, b] = [
      attributionGraph(['feature(0/1)@0', 'feature(1/1)@0'], []),
      attributionGraph(['feature(1/1)@0', 'feature(2/1)@0'], []),
    ]
    const { of } = selectionOver([a, b], new Map([['importance', [1, 2]]]))
    const other: GraphExpression = { kind: 'graph', graph: { type: 'circuit', id: b.id } }
    const joined = await of(union(other, same))
    expect(nodesOf(joined.graph)).toEqual(['feature(0/1)@0', 'feature(1/1)@0', 'feature(2/1)@0'])
    expect(joined.scores).toEqual(new Map([['importance', [1, 2, null]]]))
  })

  it('keeps task and prompt only where all operands have the same', async () => {
    const a = attributionGraph(['feature(0/1)@0'], [])
    const b = attributionGraph(['feature(0/1)@0'], [], {
      prompt: { text: 'd', tokens: [{ id: 3, text: 'd' }] },
    })
    const other: GraphExpression = { kind: 'graph', graph: { type: 'circuit', id: b.id } }
    const { of } = selectionOver([a, b])
    expect((await of(union(same, other))).graph.prompt).toBeNull()
    expect((await of(union(same, same))).graph.prompt?.text).toBe('a b c')
    expect((await of(minus(same, other))).graph.prompt?.text).toBe('a b c')
  })

  it('refuses graphs of other models, other edges and other groups', async () => {
    const a = attributionGraph(['feature(0/1)@0'], [])
    const foreign = attributionGraph(['feature(0/1)@0'], [], {
      model: { kind: 'foreign', name: 'other', dictionary: null },
    })
    const scored = attributionGraph(['head(0.1)'], [], {
      source: 'COMPONENT_GRAPH',
      edgeMeaning: 'EFFECT_SCORE',
    })
    const { of } = selectionOver([a, foreign, scored])
    const refusal = (of: GraphExpression) => expect(selectionOver([a, foreign, scored]).of(of)).rejects
    await refusal(union(same, { kind: 'graph', graph: { type: 'circuit', id: foreign.id } })).toMatchObject({
      code: 'BAD_EXPRESSION',
      path: 'expression.union[1].graph',
    })
    await refusal(union(same, { kind: 'graph', graph: { type: 'circuit', id: scored.id } })).toMatchObject({
      code: 'BAD_EXPRESSION',
      message: expect.stringContaining('COMPONENT_GRAPH'),
    })
    const links = { residual: true, attention: 'OV_ONLY' } as const
    await refusal(union(same, { kind: 'collapse', by: 'LAYER', links })).toMatchObject({
      message: 'graphs that are collapsed by nothing and LAYER do not go together',
    })
    expect((await of({ kind: 'graph', graph: { type: 'circuit', id: scored.id } })).graph.source).toBe(
      'COMPONENT_GRAPH',
    )
  })

  it('applies the same operator to the same graph once, however often and wherever it is asked', async () => {
    const circuit = attributionGraph(
      ['feature(0/1)@0', 'feature(1/1)@0', 'feature(2/1)@0'],
      [['feature(0/1)@0', 'feature(1/1)@0', 1]],
    )
    const { of, selection } = selectionOver([circuit])
    await Promise.all([of(layers(1)), of(layers(1)), of({ kind: 'pipe', steps: [layers(1), layers(0)] })])
    expect(selection.applied).toBe(2)
    await of(union(layers(1), { kind: 'pipe', steps: [layers(1), layers(0)] }))
    expect(selection.applied).toBe(3)
    const nodes: NodeSelector = { kind: 'expression', expression: layers(1), members: null }
    await of({
      kind: 'pipe',
      steps: [
        { kind: 'graph', graph: { type: 'circuit', id: circuit.id } },
        { kind: 'without', nodes },
      ],
    })
    expect(selection.applied).toBe(4)
  })
})

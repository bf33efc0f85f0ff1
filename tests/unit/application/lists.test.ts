import { listEdges } from '../../../src/application/list-edges.js'
import { listNodes } from '../../../src/application/list-nodes.js'
import type { PageRequest } from '../../../src/application/questions.js'
import { summariseGraph } from '../../../src/application/summarise-graph.js'
import { attributionGraph, opened } from '../../support/tiny-graph.js'

const names = ['token(7)@0', 'feature(0/1)@1', 'feature(0/2)@1', 'feature(1/1)@2', 'logit(9)@2']
const circuit = attributionGraph(
  names.map((address, i) => ({ address, activation: [null, 3, 3, -1, null][i]! })),
  [
    [names[0]!, names[1]!, 1],
    [names[0]!, names[2]!, -2],
    [names[1]!, names[3]!, 1],
    [names[2]!, names[3]!, 0.5],
    [names[3]!, names[4]!, -4],
  ],
)
const graph = opened(circuit)
const page = (change: Partial<PageRequest>): PageRequest => ({
  first: null,
  after: null,
  last: null,
  before: null,
  ...change,
})
const none = new Map()

describe('listed nodes', () => {
  it('walk forwards and backwards through the same order', () => {
    const forwards: number[] = []
    for (let after: string | null = null, more = true; more; ) {
      const got = listNodes(graph, { filter: null, orderBy: null, page: page({ first: 2, after }) }, none)
      forwards.push(...got.rows.map((row) => row.row))
      after = got.rows.at(-1)!.cursor
      more = got.hasNextPage
    }
    const backwards: number[] = []
    for (let before: string | null = null, more = true; more; ) {
      const got = listNodes(graph, { filter: null, orderBy: null, page: page({ last: 2, before }) }, none)
      backwards.unshift(...got.rows.map((row) => row.row))
      before = got.rows[0]!.cursor
      more = got.hasPreviousPage
    }
    expect(forwards).toEqual([0, 1, 2, 3, 4])
    expect(backwards).toEqual(forwards)
  })
  it('put null last in both directions and keep canonical order among ties', () => {
    const by = (direction: 'ASC' | 'DESC'): number[] =>
      listNodes(
        graph,
        {
          filter: null,
          orderBy: { by: { kind: 'field', field: 'ACTIVATION' }, direction },
          page: page({ first: 9 }),
        },
        none,
      ).rows.map((row) => row.row)
    const at = (address: string): number => circuit.nodes.findIndex((node) => node.address === address)
    const [low, a, b] = [at('feature(1/1)@2'), at('feature(0/1)@1'), at('feature(0/2)@1')]
    expect(by('ASC').slice(0, 3)).toEqual([low, a, b])
    expect(by('DESC').slice(0, 3)).toEqual([a, b, low])
    expect(by('ASC').slice(3)).toEqual(by('DESC').slice(3))
  })
  it('clamp a page to 1,000 rows, refuse both directions at once and a cursor of another order', () => {
    expect(
      listNodes(graph, { filter: null, orderBy: null, page: page({ first: 5_000 }) }, none).rows,
    ).toHaveLength(5)
    expect(() =>
      listNodes(graph, { filter: null, orderBy: null, page: page({ first: 1, last: 1 }) }, none),
    ).toThrow('either first or last')
    const { cursor } = listNodes(graph, { filter: null, orderBy: null, page: page({ first: 1 }) }, none)
      .rows[0]!
    expect(() =>
      listNodes(
        graph,
        { filter: { layer: { eq: 0 } }, orderBy: null, page: page({ first: 1, after: cursor }) },
        none,
      ),
    ).toThrow('belongs to another question')
  })
})

describe('listed edges', () => {
  it('order by absolute weight, ties in canonical order', () => {
    const got = listEdges(
      graph,
      { filter: null, orderBy: { field: 'ABS_WEIGHT', direction: 'DESC' }, page: page({ first: 9 }) },
      none,
    )
    expect(got.rows.map(({ row }) => circuit.edges.weight[row])).toEqual([-4, -2, 1, 1, 0.5])
  })
})

describe('the summary of a graph', () => {
  it('counts nodes, edges, degrees and weight quantiles', () => {
    const summary = summariseGraph(circuit, ['influence'])
    expect(summary).toMatchObject({
      nodeCount: 5,
      edgeCount: 5,
      weightCount: 0,
      maxInDegree: 2,
      maxOutDegree: 2,
      meanDegree: 1,
      negativeEdges: 2,
      density: 5 / 20,
    })
    expect(summary.absWeightQuantiles).toEqual([0.5, 1, 1, 2, 4])
    expect(summary.byLayerAndTap.map(({ layer, kind, nodes }) => [layer, kind, nodes])).toEqual([
      [0, 'FEATURE', 2],
      [1, 'FEATURE', 1],
      [null, 'TOKEN', 1],
      [null, 'LOGIT', 1],
    ])
  })
})

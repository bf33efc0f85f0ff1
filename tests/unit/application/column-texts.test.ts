/** Columns as text say what the graph says, and are made once for each graph and filter. */
import fc from 'fast-check'
import { ColumnTexts } from '../../../src/application/column-texts.js'
import { EDGE_KINDS, PORT_CODES } from '../../../src/domain/graph-data.js'
import { randomCircuit } from '../../support/random-circuit.js'
import { opened } from '../../support/tiny-graph.js'

const asking = { signal: new AbortController().signal }
const NO_SCORES = new Map()
const parsed = (text: Uint8Array | null) => JSON.parse(Buffer.from(text!).toString())

describe('columns as text', () => {
  it('are the JSON lists of what a graph holds, edge by edge', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const circuit = randomCircuit(seed)
        const { nodes, edges } = circuit
        const { text, count } = new ColumnTexts(1 << 20).of(opened(circuit), null, NO_SCORES)
        const list = async (name: Parameters<typeof text>[0]) => parsed(await text(name, asking))
        expect(count).toBe(edges.count)
        expect(await list('nodeAddress')).toEqual(nodes.map(({ address }) => address))
        expect(await list('source')).toEqual([...edges.source])
        expect(await list('target')).toEqual([...edges.target])
        expect(await list('kind')).toEqual([...edges.kind].map((kind) => EDGE_KINDS[kind]))
        expect(await list('port')).toEqual([...edges.port].map((port) => PORT_CODES[port]))
        expect(await list('weight')).toEqual(JSON.parse(JSON.stringify([...edges.weight])))
        expect(await text('absWeight', asking)).toBeNull()
        expect(await text('edgeCounts', asking)).toBeNull()
      }),
      { numRuns: 50 },
    )
  })

  it('of a filter hold its edges only, and of none the empty list', async () => {
    const circuit = randomCircuit(3)
    const texts = new ColumnTexts(1 << 20)
    const strong = texts.of(opened(circuit), { weight: { absGte: 0.5 } }, NO_SCORES)
    const expected = [...circuit.edges.weight].filter((weight) => Math.abs(weight) >= 0.5)
    expect(parsed(await strong.text('weight', asking))).toEqual(expected)
    const none = texts.of(opened(circuit), { weight: { absGte: 1e300 } }, NO_SCORES)
    expect(parsed(await none.text('weight', asking))).toEqual([])
    expect(parsed(await none.text('nodeAddress', asking))).toHaveLength(circuit.nodes.length)
  })

  it('are kept: the same bytes again, until the graph is forgotten or opened anew', async () => {
    const open = opened(randomCircuit(5))
    const texts = new ColumnTexts(1 << 20)
    const weight = (graph = open) => texts.of(graph, null, NO_SCORES).text('weight', asking)
    const first = await weight()
    expect(await weight()).toBe(first)
    const changed = { ...open.graph.edges, weight: open.graph.edges.weight.map((value) => value + 1) }
    const anew = { ...open, graph: { ...open.graph, edges: changed } }
    expect(await weight(anew)).not.toBe(first)
    texts.forget(open.rootId)
    expect(await weight()).not.toBe(first)
    expect(await weight()).toEqual(first)
  })
})

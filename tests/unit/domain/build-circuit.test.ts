import fc from 'fast-check'
import { type NodeAddress, parseAddress } from '../../../src/domain/address.js'
import { buildCircuit, type CircuitDraft } from '../../../src/domain/build-circuit.js'
import { compareAddresses } from '../../../src/domain/canonical-order.js'
import { anyDraft, rearranged, shuffles } from './arbitraries.js'

/** Two tokens into one logit. */
function draft(
  changes: Partial<CircuitDraft> = {},
  edges: Partial<CircuitDraft['edges']> = {},
): CircuitDraft {
  return {
    source: 'ATTRIBUTION_GRAPH',
    edgeMeaning: 'DERIVATIVE',
    model: { kind: 'foreign', name: 'tiny', dictionary: null },
    task: null,
    prompt: null,
    maskedSites: [],
    nodes: ['logit(7)@1', 'token(5)@0', 'token(6)@1'].map((text) => ({ place: parseAddress(text) })),
    edges: { source: [2, 1], target: [0, 0], weight: [0.5, -0.25], kind: 'EFFECT', ...edges },
    ...changes,
  }
}

describe('a circuit', () => {
  it('has its nodes in canonical order, and its edges by their ends', () => {
    const circuit = buildCircuit(draft())
    expect(circuit.nodes.map(({ address, kind, ordinal }) => [address, kind, ordinal])).toEqual([
      ['token(5)@0', 'TOKEN', 0],
      ['token(6)@1', 'TOKEN', 1],
      ['logit(7)@1', 'LOGIT', 2],
    ])
    expect([...circuit.edges.source]).toEqual([0, 1])
    expect([...circuit.edges.target]).toEqual([2, 2])
    expect([...circuit.edges.weight]).toEqual([-0.25, 0.5])
  })

  it('numbers parallel edges by port, weight (unscored last) and membership', () => {
    const circuit = buildCircuit(
      draft(
        { edgeMeaning: 'EFFECT_SCORE' },
        {
          source: [1, 1, 1, 1, 1, 1],
          target: [0, 0, 0, 0, 0, 0],
          weight: [Number.NaN, 2, -1, 2, 5, 2],
          port: ['Q', 'Q', 'Q', 'Q', null, 'V'],
          member: [1, 1, 1, 0, 1, 1],
        },
      ),
    )
    expect([...circuit.edges.port]).toEqual([0, 1, 1, 1, 1, 3])
    expect([...circuit.edges.weight]).toEqual([5, -1, 2, 2, Number.NaN, 2])
    expect([...circuit.edges.member]).toEqual([1, 1, 0, 1, 1, 1])
  })

  it('keeps no trace of the order in which nodes and edges arrive', () => {
    const shuffled = anyDraft.chain((whole) =>
      fc.tuple(fc.constant(whole), shuffles(whole.nodes.length), shuffles(whole.edges.source.length)),
    )
    fc.assert(
      fc.property(shuffled, ([whole, nodeOrder, edgeOrder]) => {
        expect(buildCircuit(rearranged(whole, nodeOrder, edgeOrder))).toEqual(buildCircuit(whole))
      }),
      { numRuns: 300 },
    )
  })

  it('holds every node and every edge that arrived, once', () => {
    fc.assert(
      fc.property(anyDraft, (whole) => {
        const circuit = buildCircuit(whole)
        expect(circuit.nodes.map(({ place }) => place)).toEqual(
          whole.nodes.map(({ place }) => place).sort(compareAddresses),
        )
        const addressOf = (i: number): NodeAddress => whole.nodes[i]!.place
        const arrived = Array.from(whole.edges.source, (s, e) =>
          JSON.stringify([
            addressOf(s),
            addressOf(whole.edges.target[e]!),
            whole.edges.weight[e]! + 0,
            whole.edges.port![e],
            whole.edges.member![e],
          ]),
        )
        const kept = Array.from(circuit.edges.source, (s, e) =>
          JSON.stringify([
            circuit.nodes[s]!.place,
            circuit.nodes[circuit.edges.target[e]!]!.place,
            circuit.edges.weight[e],
            [null, 'Q', 'K', 'V'][circuit.edges.port[e]!],
            circuit.edges.member[e],
          ]),
        )
        expect(kept.sort()).toEqual(arrived.sort())
      }),
    )
  })

  it('spells zero in one way', () => {
    const minus = buildCircuit(draft({}, { weight: [-0, 1] }))
    expect(minus).toEqual(buildCircuit(draft({}, { weight: [0, 1] })))
    expect(Object.is(minus.edges.weight[1], 0)).toBe(true)
  })

  it('names masked sites once, in code-point order', () => {
    expect(buildCircuit(draft({ maskedSites: ['b', '\u{1f600}', '\uffff', 'a', 'b'] })).maskedSites).toEqual([
      'a',
      'b',
      '\uffff',
      '\u{1f600}',
    ])
  })

  const at = (text: string, changes: object = {}): CircuitDraft['nodes'][number] => ({
    place: parseAddress(text),
    ...changes,
  })
  const nodes = (...places: CircuitDraft['nodes']): Partial<CircuitDraft> => ({
    nodes: [at('logit(7)@1'), ...places],
  })
  it.each<[string, CircuitDraft, string]>([
    [
      'one address for two nodes',
      draft(nodes(at('token(5)@0'), at('token(5)@0'))),
      'the address token(5)@0 stands for two nodes',
    ],
    ['an edge to nowhere', draft({}, { target: [0, 3] }), 'edge 1 points to node 3, but there are 3 nodes'],
    ['an edge from a negative index', draft({}, { source: [-1, 1] }), 'edge 0 points to node -1'],
    ['an edge from half a node', draft({}, { source: [0.5, 1] }), 'edge 0 points to node 0.5'],
    ['an edge from NaN', draft({}, { source: [Number.NaN, 1] }), 'edge 0 points to node NaN'],
    ['a loop', draft({}, { target: [2, 0] }), 'the edge token(6)@1->token(6)@1 is a loop'],
    [
      'an infinite weight',
      draft({ edgeMeaning: 'EFFECT_SCORE' }, { weight: [1, Infinity] }),
      'the weight of token(5)@0->logit(7)@1 is Infinity',
    ],
    [
      'an unscored edge where weights are the meaning',
      draft({}, { weight: [1, Number.NaN] }),
      'is NaN, not a finite number',
    ],
    ['columns of different length', draft({}, { weight: [1] }), 'different lengths: 2, 2, 1'],
    ['too few ports', draft({}, { port: ['Q'] }), 'different lengths: 2, 2, 2, 1'],
    [
      'an infinite activation',
      draft(nodes(at('token(5)@0'), at('token(6)@1', { activation: Infinity }))),
      'the activation of token(6)@1 is Infinity',
    ],
    [
      'a probability that is no number',
      draft(nodes(at('token(5)@0'), at('token(6)@1', { probability: Number.NaN }))),
      'the probability of token(6)@1 is NaN',
    ],
  ])('refuses %s', (_, faulty, sentence) => {
    expect(() => buildCircuit(faulty)).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining(sentence) }),
    )
  })

  it.each<NodeAddress>([
    { site: { kind: 'feature', dictionary: null, layer: 1.5, index: 0 }, position: null },
    { site: { kind: 'feature', dictionary: null, layer: 1, index: -1 }, position: null },
    { site: { kind: 'input' }, position: -1 },
    { site: { kind: 'node', name: 'x'.repeat(5_000) }, position: null },
  ])('refuses the place %j that could not be read back', (place) => {
    expect(() => buildCircuit(draft(nodes({ place }, at('token(5)@0'))))).toThrow(
      expect.objectContaining({ code: 'BAD_ADDRESS' }),
    )
  })
})

import fc from 'fast-check'
import { parseAddress } from '../../../src/domain/address.js'
import { buildCircuit, type CircuitDraft } from '../../../src/domain/build-circuit.js'
import { anyDraft } from './arbitraries.js'

const base: CircuitDraft = {
  source: 'ATTRIBUTION_GRAPH',
  edgeMeaning: 'EFFECT_SCORE',
  model: { kind: 'foreign', name: 'tiny', dictionary: null },
  task: null,
  prompt: {
    text: 'a b',
    tokens: [
      { id: 0, text: 'a' },
      { id: 1, text: ' b' },
    ],
  },
  maskedSites: [],
  nodes: [{ place: parseAddress('token(0)@0') }, { place: parseAddress('logit(7)@1'), probability: 0.5 }],
  edges: { source: [0], target: [1], weight: [0.25], kind: 'EFFECT' },
}
const [token, logit] = base.nodes as [CircuitDraft['nodes'][0], CircuitDraft['nodes'][0]]
const hash = (changes: Partial<CircuitDraft>): string => buildCircuit({ ...base, ...changes }).id

describe('the hash of a circuit', () => {
  it.each<[string, Partial<CircuitDraft>]>([
    [
      'labels, activations, source ids and the choice of target',
      {
        nodes: [
          { ...token, label: 'x', sourceId: 'y', activation: 3 },
          { ...logit, isTarget: true },
        ],
      },
    ],
    ['the text of the prompt beside its tokens', { prompt: { ...base.prompt!, text: 'other' } }],
    ['the sign of zero', { nodes: [{ ...token, activation: -0 }, logit] }],
  ])('leaves out %s', (_, changes) => {
    expect(hash(changes)).toBe(hash({}))
  })

  it('covers all the rest: each of these graphs has its own', () => {
    const graphs: Partial<CircuitDraft>[] = [
      {},
      { source: 'COMPONENT_GRAPH' },
      { edgeMeaning: 'DERIVATIVE' },
      { model: { kind: 'foreign', name: 'other', dictionary: null } },
      { model: { kind: 'foreign', name: 'tiny', dictionary: 'd' } },
      { model: { kind: 'sparse', id: 'tiny' } },
      { task: { name: 't', version: '1' } },
      { task: { name: 't', version: '2' } },
      { prompt: null },
      {
        prompt: {
          text: 'a b',
          tokens: [
            { id: null, text: 'a' },
            { id: 1, text: ' b' },
          ],
        },
      },
      {
        prompt: {
          text: 'a b',
          tokens: [
            { id: 0, text: 'A' },
            { id: 1, text: ' b' },
          ],
        },
      },
      { maskedSites: ['0.attn.q'] },
      { nodes: [token, { ...logit, probability: null }] },
      { nodes: [token, { ...logit, probability: 0.5000000000000001 }] },
      { nodes: [{ place: parseAddress('token(1)@0') }, logit] },
      { nodes: [token, logit, { place: parseAddress('error(0)@0') }] },
      { edges: { ...base.edges, kind: 'SCORE' } },
      { edges: { ...base.edges, weight: [0.25000000000000006] } },
      { edges: { ...base.edges, weight: [Number.NaN] } },
      { edges: { ...base.edges, weight: [0] } },
      { edges: { ...base.edges, source: [1], target: [0] } },
      { edges: { ...base.edges, port: ['Q'] } },
      { edges: { ...base.edges, member: [0] } },
      { edges: { source: [0, 0], target: [1, 1], weight: [0.25, 0.25], kind: 'EFFECT' } },
      { edges: { source: [], target: [], weight: [], kind: 'EFFECT' } },
    ]
    expect(new Set(graphs.map(hash)).size).toBe(graphs.length)
  })

  it('is 64 lower-case hex digits', () => {
    fc.assert(
      fc.property(anyDraft, (draft) => expect(buildCircuit(draft).id).toMatch(/^[0-9a-f]{64}$/)),
      { numRuns: 20 },
    )
  })
})

/**
 * Content hashes that must never change: stores, exports and other people's notes hold them. A new hash format is a
 * new format version, with vectors of its own beside these.
 */
import { createHash } from 'node:crypto'
import { parseAddress } from '../../src/domain/address.js'
import { buildCircuit, type CircuitDraft } from '../../src/domain/build-circuit.js'

const places = (...texts: string[]): CircuitDraft['nodes'] =>
  texts.map((text) => ({ place: parseAddress(text) }))

const attribution: CircuitDraft = {
  source: 'ATTRIBUTION_GRAPH',
  edgeMeaning: 'SCALED_CONTRIBUTION',
  model: { kind: 'foreign', name: 'gemma-2-2b', dictionary: 'gemma-scope' },
  task: null,
  prompt: {
    text: 'a\n',
    tokens: [
      { id: 2, text: '<bos>' },
      { id: null, text: 'a\n' },
    ],
  },
  maskedSites: [],
  nodes: [
    { place: parseAddress('logit(7)@1'), probability: 0.1, label: 'Output "x"', isTarget: true },
    ...places('feature(0/18014398509481)@1', 'error(0)@1', 'token("a\\n")@1', 'token(2)@0'),
  ],
  edges: {
    source: [4, 1, 2, 3],
    target: [1, 0, 0, 1],
    weight: [1.5, -0.1, 5e-324, -0],
    kind: 'EFFECT',
    member: [1, 1, 0, 1],
  },
}

const sparse: CircuitDraft = {
  source: 'SPARSE_WEIGHTS',
  edgeMeaning: 'WEIGHT',
  model: { kind: 'sparse', id: '0123456789abcdef'.repeat(4) },
  task: { name: 'string-closing', version: '1' },
  prompt: null,
  maskedSites: ['0.mlp.post_act', '0.attn.q'],
  nodes: places('0.mlp.post_act[2]', '0.attn.q[10]', '0.attn.act_in[3]', 'final_resid[1]'),
  edges: { source: [2, 0], target: [1, 3], weight: [-2, 0.3333333333333333], kind: 'WEIGHT' },
}

const components: CircuitDraft = {
  source: 'COMPONENT_GRAPH',
  edgeMeaning: 'EFFECT_SCORE',
  model: { kind: 'foreign', name: 'gpt2', dictionary: null },
  task: { name: 'ioi', version: '𝛼' },
  prompt: null,
  maskedSites: [],
  nodes: places('input', 'head(9.6)', 'mlp(10)', 'logits'),
  edges: {
    source: [0, 0, 0, 1, 2],
    target: [1, 1, 1, 2, 3],
    weight: [Number.NaN, 0.25, 0.5, 1, -1e308],
    kind: 'SCORE',
    port: ['Q', 'K', 'V', null, null],
  },
}

const empty: CircuitDraft = {
  ...components,
  task: null,
  nodes: [],
  edges: { source: [], target: [], weight: [], kind: 'SCORE' },
}

describe('golden hashes', () => {
  it.each<[string, CircuitDraft, string]>([
    ['an attribution graph', attribution, '94b759077fd3e36287db1dfe27c496033352fef7b068d8e3e1659eee5cfa1839'],
    ['a sparse circuit', sparse, 'b1545ce7026b7ae4af8a6ad2db10c1ddff8202eaeae3a7c71fcc72807b3fbe9f'],
    ['a component graph', components, '1e3725f0009d611f7f3ca4e00f87f1e38a5a162ee69ce9fb72b5be41df06b043'],
    ['a graph without nodes', empty, '03cc3c1c290dd11886523f1daad0ff3a5395b0e2b3bc6eeb29590389d3be2f56'],
  ])('of %s', (_, draft, hash) => {
    expect(buildCircuit(draft).id).toBe(hash)
  })

  it('are taken over the bytes that the format describes', () => {
    const lines = [
      '{"edgeCount":2,"edgeKinds":["WEIGHT","RESIDUAL","CONTROL","EMBEDDING","UNEMBEDDING","BIGRAM","EFFECT","SCORE"]',
      '"edgeMeaning":"WEIGHT","format":"circuitql/circuit","formatVersion":1,"maskedSites":["0.attn.q","0.mlp.post_act"]',
      `"model":{"id":"${'0123456789abcdef'.repeat(4)}","kind":"sparse"},"nodeCount":4,"promptTokens":null`,
      '"source":"SPARSE_WEIGHTS","task":{"name":"string-closing","version":"1"}}\n',
    ]
    const nodes =
      '["0.attn.act_in[3]","CHANNEL",null]\n["0.attn.q[10]","CHANNEL",null]\n["0.mlp.post_act[2]","CHANNEL",null]\n["final_resid[1]","FINAL_RESID",null]\n'
    const columns = [
      '0000000002000000', // sources 0, 2
      '0100000003000000', // targets 1, 3
      '00000000000000c0555555555555d53f', // weights −2, ⅓
      '0000', // kinds WEIGHT
      '0000', // no ports
      '0101', // both members
    ].join('')
    const bytes = Buffer.concat([Buffer.from(lines.join(',') + nodes), Buffer.from(columns, 'hex')])
    expect(buildCircuit(sparse).id).toBe(createHash('sha256').update(bytes).digest('hex'))
  })
})

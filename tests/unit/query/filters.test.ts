import { edgePredicate } from '../../../src/query/edge-filter.js'
import { type NodeFilter, nodePredicate } from '../../../src/query/node-filter.js'
import { selectNodes } from '../../../src/query/node-selector.js'
import { attributionGraph } from '../../support/tiny-graph.js'

const graph = attributionGraph(
  [
    'token(7)@0',
    { address: 'feature(0/12)@1', activation: 2.5, label: 'Texas' },
    { address: 'feature(3/4)@2', activation: -1, label: null },
    { address: 'logit(9)@2', probability: 0.6, label: 'Output " Austin" (p=0.600)' },
  ],
  [
    ['token(7)@0', 'feature(0/12)@1', 1],
    ['feature(0/12)@1', 'feature(3/4)@2', -2],
    ['feature(3/4)@2', 'logit(9)@2', 3],
  ],
)
const scores = new Map([['influence', [0.1, 0.9, null, 0.5]]])
const found = (filter: NodeFilter): string[] =>
  graph.nodes.filter(nodePredicate(filter, graph, scores)).map((node) => node.address)

describe('node filters', () => {
  it('keep every node when they say nothing', () => expect(found({})).toHaveLength(4))
  it('compare numbers, and a property that is absent matches only isNull', () => {
    expect(found({ layer: { gte: 1 } })).toEqual(['feature(3/4)@2'])
    expect(found({ layer: { isNull: true } })).toEqual(['token(7)@0', 'logit(9)@2'])
    expect(found({ activation: { absGte: 1, lt: 0 } })).toEqual(['feature(3/4)@2'])
  })
  it('read the text of the prompt, and a logit by its label', () => {
    expect(found({ text: { eq: ' b' } })).toEqual(['feature(0/12)@1'])
    expect(found({ text: { eq: ' Austin' } })).toEqual(['logit(9)@2'])
  })
  it('ignore case in contains, not in eq', () => {
    expect(found({ label: { contains: 'TEX' } })).toEqual(['feature(0/12)@1'])
    expect(found({ label: { eq: 'TEXAS' } })).toEqual([])
  })
  it('join by AND, OR and NOT', () => {
    expect(
      found({ OR: [{ kind: { eq: 'TOKEN' } }, { kind: { eq: 'LOGIT' } }], NOT: { position: { eq: 0 } } }),
    ).toEqual(['logit(9)@2'])
    expect(found({ AND: [{ kind: { in: ['FEATURE'] } }, { index: { lt: 10 } }] })).toEqual(['feature(3/4)@2'])
  })
  it('see scores by name and refuse one that the graph does not have', () => {
    expect(found({ score: { name: 'influence', gte: 0.5 } })).toEqual(['feature(0/12)@1', 'logit(9)@2'])
    expect(() => found({ score: { name: 'nothing' } })).toThrow('this graph has no score "nothing"')
  })
})

describe('edge filters', () => {
  const edges = (filter: Parameters<typeof edgePredicate>[0]): number[] =>
    [0, 1, 2].filter(edgePredicate(filter, graph, scores))
  it('see weights, kinds and the nodes at both ends', () => {
    expect(edges({ weight: { lt: 0 } })).toEqual([1])
    expect(edges({ kind: { notIn: ['EFFECT'] } })).toEqual([])
    expect(
      edges({ source: { kind: { eq: 'FEATURE' } }, NOT: { target: { kind: { eq: 'LOGIT' } } } }),
    ).toEqual([1])
  })
})

describe('node selectors', () => {
  it('take addresses in any spelling, each once, in canonical order', () => {
    expect(
      selectNodes(
        { kind: 'addresses', addresses: ['logit(9)@2', 'token(7)@0', 'token(7)@0'] },
        graph,
        scores,
        'from',
      ),
    ).toEqual([0, 3])
  })
  it('name an address that the graph does not hold', () => {
    expect(() =>
      selectNodes({ kind: 'addresses', addresses: ['token(7)@0', 'feature(9/9)@0'] }, graph, scores, 'from'),
    ).toThrow(
      expect.objectContaining({
        message: 'this graph has no node "feature(9/9)@0"',
        path: 'from.addresses[1]',
      }),
    )
  })
  it('find logits by text and tokens by id', () => {
    expect(selectNodes({ kind: 'logits', logits: [{ text: ' Austin' }] }, graph, scores, 'from')).toEqual([3])
    expect(selectNodes({ kind: 'tokens', tokens: [{ id: 7, position: 0 }] }, graph, scores, 'from')).toEqual([
      0,
    ])
    expect(() => selectNodes({ kind: 'tokens', tokens: [{ id: 8 }] }, graph, scores, 'from')).toThrow(
      'this graph has no token id 8',
    )
  })
})

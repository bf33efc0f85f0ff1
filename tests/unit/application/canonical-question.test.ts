/** One question, one text: spelling and order do not change the hash, and every change of meaning does. */
import fc from 'fast-check'
import { type AnsweredQuestion, canonicalQuestion } from '../../../src/application/canonical-question.js'
import { canonicalJson } from '../../../src/domain/canonical-json.js'
import { provenanceOf } from '../../../src/domain/provenance.js'
import { canonicalFilter } from '../../../src/query/canonical-filter.js'
import {
  canonicalExpression,
  expressionFromCanonical,
} from '../../../src/query/expression/canonical-expression.js'
import { type GraphExpression, PRODUCT_LINKS } from '../../../src/query/graph-expression.js'
import type { NodeFilter } from '../../../src/query/node-filter.js'
import { nodePredicate } from '../../../src/query/node-filter.js'
import type { NodeSelector } from '../../../src/query/node-selector.js'
import { attributionGraph } from '../../support/tiny-graph.js'

const TINY_GRAPH = attributionGraph(
  [
    { address: 'token(0)@0', label: 'a' },
    { address: 'feature(0/1)@1', label: 'b' },
    { address: 'feature(1/2)@1', label: 'bc' },
    { address: 'feature(2/3)@2' },
    { address: 'logit(9)@2', probability: 1, label: 'Output " x" (p=1)' },
  ],
  [],
)

const hash = (question: AnsweredQuestion): string =>
  provenanceOf(canonicalQuestion(question, TINY_GRAPH), 'g').questionHash

const number = fc.record({ eq: fc.option(fc.nat(9)), in: fc.option(fc.array(fc.nat(9), { maxLength: 3 })) })
const filter: fc.Arbitrary<NodeFilter> = fc.letrec<{ filter: NodeFilter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record(
      { layer: number, index: number, label: fc.record({ contains: fc.string() }) },
      { requiredKeys: [] },
    ),
    fc.record({
      AND: fc.array(tie('filter'), { maxLength: 3 }),
      OR: fc.option(fc.array(tie('filter'), { maxLength: 3 })),
      NOT: fc.option(tie('filter')),
    }),
  ),
})).filter

/** The same filter with its keys and sets turned round, and members that say nothing put in. */
function respelt(value: unknown): unknown {
  if (Array.isArray(value)) return [...value, ...value.slice(0, 1)].reverse().map(respelt)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([name, inner]) => [name, respelt(inner)])
  return Object.fromEntries([
    ...entries.reverse(),
    ['isNull', undefined],
    ['NOT', (value as NodeFilter).NOT ? respelt((value as NodeFilter).NOT) : null],
  ])
}

const address = fc
  .tuple(fc.nat(3), fc.constantFrom('q', 'k', 'v'), fc.nat(9))
  .map(([l, tap, i]) => `${l}.attn.${tap}[${i}]`)
const selector: fc.Arbitrary<NodeSelector> = fc.oneof(
  fc
    .array(address, { minLength: 1, maxLength: 4 })
    .map((addresses): NodeSelector => ({ kind: 'addresses', addresses })),
  filter.map((where): NodeSelector => ({ kind: 'where', where })),
  fc
    .array(fc.nat(9), { minLength: 1, maxLength: 3 })
    .map((ids): NodeSelector => ({ kind: 'tokens', tokens: ids.map((id) => ({ id })) })),
)
const respeltSelector = (given: NodeSelector): NodeSelector => {
  if (given.kind === 'addresses')
    return { addresses: [...given.addresses, given.addresses[0]!].reverse(), kind: 'addresses' }
  if (given.kind === 'where') return { where: respelt(given.where) as NodeFilter, kind: 'where' }
  if (given.kind === 'tokens')
    return {
      tokens: given.tokens.map(({ id }) => ({ position: null, text: null, id: id! })).reverse(),
      kind: 'tokens',
    }
  return given
}
const flow = (via: NodeSelector): AnsweredQuestion => ({
  ask: 'flow',
  from: null,
  to: null,
  via,
  links: PRODUCT_LINKS,
  normalise: false,
})

describe('the hash of a question', () => {
  it('does not depend on the order of arguments, the order of sets, repetition or members that say nothing', () => {
    fc.assert(
      fc.property(selector, (via) => {
        expect(hash(flow(respeltSelector(via)))).toBe(hash(flow(via)))
        const { ask, from, to, links, normalise } = flow(via) as Extract<AnsweredQuestion, { ask: 'flow' }>
        expect(
          hash({ normalise, links: { attention: links!.attention, residual: true }, to, via, from, ask }),
        ).toBe(hash(flow(via)))
      }),
    )
  })

  it('differs where selections differ: equal canonical filters let the same nodes pass', () => {
    fc.assert(
      fc.property(filter, filter, (a, b) => {
        const passes = (one: NodeFilter): string =>
          TINY_GRAPH.nodes.map(nodePredicate(one, TINY_GRAPH, new Map())).join()
        expect(passes(respelt(a) as NodeFilter)).toBe(passes(a))
        if (canonicalJson(canonicalFilter(a)) === canonicalJson(canonicalFilter(b)))
          expect(passes(a)).toBe(passes(b))
      }),
    )
  })

  it('changes with every number, text and choice of the question', () => {
    const question: AnsweredQuestion = {
      ask: 'ablate',
      target: { kind: 'nodes', nodes: { kind: 'where', where: { layer: { lte: 4 }, tap: { in: ['Q'] } } } },
      positions: { kind: 'indices', indices: [1, 2] },
      mode: 'REMOVE',
      background: 'MODEL',
      replacements: [{ kind: 'preset', preset: 'ZERO' }],
      direction: 'NOISING',
      on: {
        kind: 'prompts',
        at: 'ALL',
        prompts: [{ prompt: { kind: 'tokens', tokens: [3, 5] }, target: 1, alternative: 2 }],
      },
      train: null,
      metrics: [{ kind: 'direction', direction: 'logit(5)-logit(7)' }],
      gates: { norms: 'LIVE', attention: 'LIVE', topK: 'LIVE' },
      sweep: { kind: 'preset', preset: 'EACH_NODE' },
      allowEstimate: false,
    }
    const seen = new Set([hash(question)])
    const paths = leaves(question)
    for (const path of paths) seen.add(hash(changed(question, path) as AnsweredQuestion))
    expect(seen.size).toBe(paths.length + 1)
  })

  it('reads addresses, directions, edges and tokens in any spelling', () => {
    const metric = (direction: string): AnsweredQuestion => ({
      ask: 'attribute',
      metric: { kind: 'direction', direction },
      of: 'NODES',
      method: { kind: 'preset', preset: 'GRADIENT_TIMES_ACTIVATION' },
      nodes: null,
      baseline: { kind: 'preset', preset: 'ZERO' },
      background: 'MODEL',
      on: { kind: 'prompts', at: 'ALL', prompts: [] },
      gates: { norms: 'LIVE', attention: 'LIVE', topK: 'LIVE' },
      allowEstimate: false,
    })
    expect(hash(metric(' logit(5) - logit(7)'))).toBe(hash(metric('logit(5)-logit(7)')))
    const via = (tokens: NodeSelector): string => hash(flow(tokens))
    // The prompt's first token is the text a, of id 0.
    expect(via({ kind: 'tokens', tokens: [{ text: 'a' }] })).toBe(
      via({ kind: 'tokens', tokens: [{ id: 0 }] }),
    )
    expect(via({ kind: 'logits', logits: [{ text: ' x' }] })).toBe(
      via({ kind: 'logits', logits: [{ id: 9 }] }),
    )
    expect(via({ kind: 'addresses', addresses: ['feature(1/2)@1'] })).not.toBe(
      via({ kind: 'addresses', addresses: ['feature(1/2)'] }),
    )
    expect(hash(metric('logit(7)-logit(5)'))).not.toBe(hash(metric('logit(5)-logit(7)')))
  })

  it('of a derived graph: expressions that are written alike have one text, whose reading is itself', () => {
    fc.assert(
      fc.property(selector, filter, (of, where) => {
        const made = (by: (given: NodeSelector) => NodeSelector, nodes: NodeFilter): GraphExpression => ({
          kind: 'pipe',
          steps: [
            { kind: 'upstreamOf', of: by(of), hops: 2, links: PRODUCT_LINKS },
            { kind: 'nodes', where: nodes },
          ],
        })
        const text = canonicalJson(canonicalExpression(made((given) => given, where)))
        expect(canonicalJson(canonicalExpression(made(respeltSelector, respelt(where) as NodeFilter)))).toBe(
          text,
        )
        expect(canonicalJson(canonicalExpression(expressionFromCanonical(JSON.parse(text))))).toBe(text)
      }),
    )
  })
})

type Path = readonly (string | number)[]

/** Places of all numbers, texts and truths but the kinds of the tree. */
function leaves(value: unknown, at: Path = []): Path[] {
  if (value === null) return []
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([name, inner]) =>
      ['kind', 'ask'].includes(name) ? [] : leaves(inner, [...at, name]),
    )
  return [at]
}

function changed(value: unknown, [name, ...rest]: Path): unknown {
  if (name === undefined)
    return typeof value === 'number' ? value + 100 : typeof value === 'boolean' ? !value : `${value}!`
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) }
  copy[name] = changed(copy[name], rest)
  return Array.isArray(value) ? Object.values(copy) : copy
}

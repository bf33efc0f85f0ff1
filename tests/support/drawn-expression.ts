/** Random expressions for properties: every kind, nested through operands and selectors, with canonical texts inside. */
import fc from 'fast-check'
import type { GraphExpression, LinkPolicy, NodeSelector, PathEnd } from '../../src/query/graph-expression.js'
import { canonicalWhole } from '../../src/query/pattern/canonical-pattern.js'
import { printPattern } from '../../src/query/pattern/print-pattern.js'
import { drawnPattern } from './drawn-pattern.js'

const address = fc.constantFrom('token(1)@0', 'feature(1/2)@1', '0.attn.q[3]', 'logit("a b")', 'group("x")')
const first = fc.integer({ min: 1, max: 50 })
const links: fc.Arbitrary<LinkPolicy> = fc.record({
  residual: fc.boolean(),
  attention: fc.constantFrom('OV_ONLY' as const, 'OV_AND_QK' as const),
})
const id = fc.constantFrom('a'.repeat(64), 'b'.repeat(64))
const on = fc.option(
  fc.array(fc.record({ node: address, weight: fc.nat(5) }), { minLength: 1, maxLength: 2 }),
)
const tokens = fc.array(
  fc.oneof(
    fc.record({ id: fc.nat(9) }),
    fc.record({ text: fc.string({ maxLength: 3 }), position: fc.nat(3) }),
  ),
  { minLength: 1, maxLength: 2 },
)
const filter = fc.oneof(
  fc.record({ layer: fc.record({ lte: fc.nat(4) }) }),
  fc.record({ kind: fc.record({ in: fc.constant(['FEATURE' as const]) }) }),
  fc.record({ NOT: fc.record({ score: fc.record({ name: fc.string(), absGte: fc.nat(3) }) }) }),
)
const members = fc.uniqueArray(address, { minLength: 1, maxLength: 3 })
const pattern = fc.option(drawnPattern.map((drawn) => printPattern(canonicalWhole(drawn))))

export const drawnExpression: fc.Arbitrary<GraphExpression> = fc.letrec<{
  expression: GraphExpression
  selector: NodeSelector
  end: PathEnd | null
}>((tie) => ({
  selector: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    members.map((addresses): NodeSelector => ({ kind: 'addresses', addresses })),
    filter.map((where): NodeSelector => ({ kind: 'where', where })),
    tokens.map((some): NodeSelector => ({ kind: 'tokens', tokens: some })),
    tokens.map((logits): NodeSelector => ({ kind: 'logits', logits })),
    fc.record({ kind: fc.constant('supernode' as const), annotation: id, members }),
    tie('expression').map((expression): NodeSelector => ({ kind: 'expression', expression, members: null })),
  ),
  end: fc.oneof(
    fc.constant(null),
    tie('selector').map((nodes): PathEnd => ({ kind: 'nodes', nodes })),
    fc.nat(9).map((token): PathEnd => ({ kind: 'token', token })),
    fc
      .tuple(fc.nat(9), fc.option(fc.nat(9)))
      .map(([token, minus]): PathEnd => ({ kind: 'logit', token, minus })),
  ),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    filter.map((where): GraphExpression => ({ kind: 'nodes', where })),
    fc.record({
      kind: fc.constant('unroll' as const),
      prompt: fc.oneof(
        fc
          .array(fc.nat(9), { minLength: 1, maxLength: 3 })
          .map((ids) => ({ kind: 'tokens' as const, tokens: ids })),
        fc.string({ maxLength: 3 }).map((text) => ({ kind: 'text' as const, text })),
      ),
      attention: fc.constantFrom('OV_ONLY' as const, 'OV_AND_QK' as const),
      norms: fc.constantFrom('LIVE' as const, 'FROZEN' as const),
      logits: fc.option(fc.array(fc.nat(9), { minLength: 1, maxLength: 2 })),
      baseline: fc.oneof(
        fc
          .constantFrom('ZERO' as const, 'MEAN' as const)
          .map((preset) => ({ kind: 'preset' as const, preset })),
        fc.integer().map((value) => ({ kind: 'value' as const, value })),
      ),
    }),
    filter.map((source): GraphExpression => ({ kind: 'edges', where: { source, member: true } })),
    fc.record({
      kind: fc.constantFrom('upstreamOf' as const, 'downstreamOf' as const),
      of: tie('selector'),
      hops: fc.option(fc.nat(4)),
      links,
    }),
    fc.record({ kind: fc.constant('between' as const), from: tie('selector'), to: tie('selector'), links }),
    fc.record({
      kind: fc.constant('neighbourhood' as const),
      of: tie('selector'),
      hops: first,
      first,
      links,
    }),
    fc.record({
      kind: fc.constant('strongest' as const),
      first,
      by: fc.oneof(
        fc.record({
          measure: fc.constantFrom('WEIGHT' as const, 'INFLUENCE' as const),
          of: fc.constantFrom('NODES' as const, 'EDGES' as const),
        }),
        fc.record({ measure: fc.constant('SCORE' as const), score: fc.string() }),
      ),
      on,
    }),
    fc.record({
      kind: fc.constant('influence' as const),
      nodeThreshold: fc.constantFrom(0, 0.5, 1),
      edgeThreshold: fc.constantFrom(0, 0.98, 1),
      on,
    }),
    fc.record({
      kind: fc.constant('paths' as const),
      pattern,
      from: tie('end'),
      to: tie('end'),
      rankBy: fc.option(fc.constantFrom('SHARE' as const, 'MOST_POSITIVE' as const)),
      first,
      links,
    }),
    fc.record({
      kind: fc.constantFrom('union' as const, 'intersection' as const),
      of: fc.array(tie('expression'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('difference' as const),
      of: tie('expression'),
      minus: fc.array(tie('expression'), { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ kind: fc.constant('without' as const), nodes: tie('selector') }),
    fc.record({
      kind: fc.constant('collapse' as const),
      by: fc.constantFrom('HEAD' as const, 'LAYER' as const, 'POSITION' as const),
      links,
    }),
    fc.record({
      kind: fc.constant('collapse' as const),
      by: fc.constant('SUPERNODE' as const),
      groups: fc.array(fc.record({ annotation: id, title: fc.string(), members }), {
        minLength: 1,
        maxLength: 2,
      }),
      links,
    }),
    fc.record({
      kind: fc.constant('graph' as const),
      graph: fc.record({ type: fc.constantFrom('circuit' as const, 'model' as const, 'sub' as const), id }),
    }),
    fc
      .array(tie('expression'), { minLength: 1, maxLength: 3 })
      .map((steps): GraphExpression => ({ kind: 'pipe', steps })),
  ),
})).expression

import fc from 'fast-check'
import { canonicalJson, type JsonValue } from '../../../src/domain/canonical-json.js'
import {
  canonicalExpression,
  canonicalTree,
  expressionFromCanonical,
} from '../../../src/query/expression/canonical-expression.js'
import { checkExpression } from '../../../src/query/expression/check-expression.js'
import {
  type GraphExpression,
  type NodeSelector,
  PRODUCT_LINKS,
} from '../../../src/query/graph-expression.js'
import { drawnExpression } from '../../support/drawn-expression.js'

const nodes: GraphExpression = { kind: 'nodes', where: { layer: { lte: 4 } } }
const influence: GraphExpression = { kind: 'influence', nodeThreshold: 0.8, edgeThreshold: 0.98, on: null }

describe('graph expressions', () => {
  it('have one canonical text: nested pipes are flat, absent members are gone', () => {
    const nested: GraphExpression = { kind: 'pipe', steps: [{ kind: 'pipe', steps: [nodes] }, influence] }
    expect(canonicalJson(canonicalExpression(nested))).toBe(
      '{"kind":"pipe","steps":[{"kind":"nodes","where":{"layer":{"lte":4}}},{"edgeThreshold":0.98,"kind":"influence","nodeThreshold":0.8}]}',
    )
    expect(
      canonicalJson(
        canonicalExpression({ kind: 'nodes', where: { layer: { lte: 4, gte: null }, OR: null } }),
      ),
    ).toBe(canonicalJson(canonicalExpression(nodes)))
  })
  it('come back from their canonical text', () => {
    const whole: GraphExpression = { kind: 'pipe', steps: [nodes, influence] }
    expect(canonicalJson(canonicalExpression(expressionFromCanonical(canonicalExpression(whole))))).toBe(
      canonicalJson(canonicalExpression(whole)),
    )
    expect(expressionFromCanonical(canonicalExpression(influence))).toEqual(influence)
  })
  it('are, whatever they are, the tree that their canonical text gives', () => {
    fc.assert(
      fc.property(drawnExpression, (drawn) => {
        const text = canonicalJson(canonicalExpression(drawn))
        const back = expressionFromCanonical(JSON.parse(text) as JsonValue)
        expect(back).toEqual(canonicalTree(drawn))
        expect(canonicalJson(canonicalExpression(back))).toBe(text)
      }),
      { numRuns: 2_000 },
    )
  })
  it('have one text, however addresses and patterns in them are spelled', () => {
    const asked = (address: string, pattern: string): JsonValue =>
      canonicalExpression({
        kind: 'paths',
        pattern,
        from: { kind: 'nodes', nodes: { kind: 'addresses', addresses: [address] } },
        to: null,
        rankBy: null,
        first: 3,
        links: PRODUCT_LINKS,
      })
    expect(asked('feature("clt":3/1)', 'MATCH (a:v {layer: 1})-->(b)')).toEqual(
      asked('feature(clt:3/1)', '(a:v WHERE layer = 1) -> (b)'),
    )
    expect(() => asked('feature(3', '(a)')).toThrow(
      expect.objectContaining({ code: 'BAD_ADDRESS', path: 'expression.paths.from.addresses[0]' }),
    )
    expect(() => asked('token(1)', '(a')).toThrow(
      expect.objectContaining({ code: 'BAD_PATTERN', path: 'expression.paths.pattern' }),
    )
  })
  it('say for every empty list and every bound where it stands', () => {
    const refusal = (expression: GraphExpression): unknown => {
      try {
        return checkExpression(expression)
      } catch (error) {
        return (error as { path: string }).path
      }
    }
    const none: NodeSelector = { kind: 'addresses', addresses: [] }
    const links = PRODUCT_LINKS
    const around = {
      kind: 'neighbourhood',
      of: { kind: 'where', where: {} },
      hops: 1,
      first: 1,
      links,
    } as const
    expect(refusal({ kind: 'union', of: [] })).toBe('expression.union')
    expect(refusal({ kind: 'intersection', of: [nodes, { kind: 'pipe', steps: [] }] })).toBe(
      'expression.intersection[1].pipe',
    )
    expect(refusal({ kind: 'difference', of: nodes, minus: [] })).toBe('expression.difference.minus')
    expect(refusal({ kind: 'without', nodes: none })).toBe('expression.without.addresses')
    expect(refusal({ kind: 'collapse', by: 'SUPERNODE', groups: [], links })).toBe('expression.collapse')
    expect(refusal({ ...around, first: 0 })).toBe('expression.neighbourhood.first')
    expect(refusal({ ...around, first: 100_001 })).toBe('expression.neighbourhood.first')
    expect(refusal({ ...around, hops: 101 })).toBe('expression.neighbourhood.hops')
    const inner = { kind: 'expression', expression: { ...around, hops: 0.5 }, members: null } as const
    expect(refusal({ kind: 'without', nodes: inner })).toBe(
      'expression.without.expression.neighbourhood.hops',
    )
    const by = { measure: 'WEIGHT', of: 'EDGES' } as const
    expect(refusal({ kind: 'strongest', first: 1e9, by, on: null })).toBe('expression.strongest.first')
  })
  it('nest eight deep and hold a hundred of their kind', () => {
    const deep = (levels: number): GraphExpression =>
      levels === 1 ? nodes : { kind: 'union', of: [deep(levels - 1)] }
    expect(checkExpression(deep(8))).toEqual(deep(8))
    expect(() => checkExpression(deep(9))).toThrow('nest at most 8 deep')
    const wide = (count: number): GraphExpression => ({ kind: 'union', of: Array(count).fill(nodes) })
    expect(checkExpression(wide(99))).toEqual(wide(99))
    expect(() => checkExpression(wide(100))).toThrow('at most 100 expressions')
  })
  it('refuse bounds out of range by name', () => {
    expect(() => checkExpression({ ...influence, nodeThreshold: 1.5 })).toThrow(
      'nodeThreshold lies between 0 and 1, not 1.5',
    )
    expect(() => checkExpression({ kind: 'pipe', steps: [] })).toThrow('pipe has at least one step')
    expect(() =>
      checkExpression({
        kind: 'upstreamOf',
        of: { kind: 'addresses', addresses: [] },
        hops: -1,
        links: { residual: true, attention: 'OV_ONLY' },
      }),
    ).toThrow('hops is a whole number from 0, not -1')
  })
})

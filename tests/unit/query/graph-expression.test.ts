import { canonicalJson } from '../../../src/domain/canonical-json.js'
import {
  canonicalExpression,
  expressionFromCanonical,
} from '../../../src/query/expression/canonical-expression.js'
import { checkExpression } from '../../../src/query/expression/check-expression.js'
import type { GraphExpression } from '../../../src/query/graph-expression.js'

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

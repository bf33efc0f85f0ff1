/** Catalogue conditions as Cypher: text and parameters, word for word. */
import {
  compileCircuitCondition,
  compileModelNameCondition,
} from '../../src/stores/neo4j/compile-circuit-condition.js'

describe('a catalogue condition becomes Cypher', () => {
  it('that is always true when there is none', () => {
    expect(compileCircuitCondition(null)).toEqual({ text: 'true', parameters: {} })
  })

  it('that folds texts and takes a missing value for false', () => {
    expect(
      compileCircuitCondition({
        kind: 'text',
        field: 'promptText',
        match: { contains: 'STRASSE', startsWith: 'ﬁ' },
      }),
    ).toEqual({
      text: 'coalesce((c.promptTextFolded CONTAINS $p0 AND c.promptTextFolded STARTS WITH $p1), false)',
      parameters: { p0: 'strasse', p1: 'fi' },
    })
  })

  it('that asks for one name which fits all parts', () => {
    expect(
      compileCircuitCondition({ kind: 'text', field: 'name', match: { eq: 'A', in: ['B', 'C'] } }),
    ).toEqual({
      text: 'any(name IN c.foldedNames WHERE (name = $p0 AND name IN $p1))',
      parameters: { p0: 'a', p1: ['b', 'c'] },
    })
  })

  it('that never holds a value in its text', () => {
    const hostile = "x' OR true //"
    const { text, parameters } = compileCircuitCondition({
      kind: 'or',
      of: [
        { kind: 'choice', field: 'source', in: [hostile] },
        { kind: 'not', of: { kind: 'text', field: 'modelKey', match: { eq: hostile } } },
        { kind: 'time', field: 'createdAt', gte: hostile },
      ],
    })
    expect(text).toBe(
      '(c.source IN $p0 OR NOT (coalesce((c.modelKeyFolded = $p1), false)) OR (c.createdAt >= $p2))',
    )
    expect(parameters).toEqual({ p0: [hostile], p1: "x' or true //", p2: hostile })
  })

  it('that looks for nodes at a place among those of the circuit', () => {
    expect(
      compileCircuitCondition({
        kind: 'holds',
        node: { kinds: ['FEATURE'], taps: ['q', 'k'], layer: { gte: 2 } },
      }),
    ).toEqual({
      text: 'EXISTS { MATCH (c)-[:HAS_NODE]->(n0:CircuitNode) WHERE (n0.kind IN $p0 OR n0.tap IN $p1) AND (n0.layer >= $p2) }',
      parameters: { p0: ['FEATURE'], p1: ['q', 'k'], p2: 2 },
    })
  })

  it('that follows stored edges where all of them are relationships, and looks at nodes alone elsewhere', () => {
    const { text, parameters } = compileCircuitCondition({
      kind: 'chain',
      nodes: [{ kinds: ['FEATURE'] }, {}, { kinds: ['LOGIT'] }],
      backward: [false, true],
    })
    expect(text).toBe(
      'CASE WHEN coalesce(c.relationshipsComplete, false) THEN EXISTS { MATCH (c)-[:HAS_NODE]->(n0:CircuitNode)' +
        ' WHERE (n0.kind IN $p0) MATCH (n0)-[:EDGE]->(n1:CircuitNode)' +
        ' MATCH (n1)<-[:EDGE]-(n2:CircuitNode) WHERE (n2.kind IN $p1) }' +
        ' ELSE (EXISTS { MATCH (c)-[:HAS_NODE]->(n0:CircuitNode) WHERE (n0.kind IN $p2) } AND' +
        ' EXISTS { MATCH (c)-[:HAS_NODE]->(n0:CircuitNode) } AND' +
        ' EXISTS { MATCH (c)-[:HAS_NODE]->(n0:CircuitNode) WHERE (n0.kind IN $p3) }) END',
    )
    expect(parameters).toEqual({ p0: ['FEATURE'], p1: ['LOGIT'], p2: ['FEATURE'], p3: ['LOGIT'] })
  })

  it('with bounds for numbers, and without a bound that is not given', () => {
    expect(
      compileCircuitCondition({
        kind: 'and',
        of: [
          { kind: 'number', field: 'nodeCount', match: { gte: 2, lte: 5 } },
          { kind: 'number', field: 'edgeCount', match: {} },
        ],
      }),
    ).toEqual({
      text: '((c.nodeCount >= $p0 AND c.nodeCount <= $p1) AND true)',
      parameters: { p0: 2, p1: 5 },
    })
  })

  it('that is true for an empty AND and an empty match, false for an empty OR', () => {
    expect(compileCircuitCondition({ kind: 'and', of: [] }).text).toBe('true')
    expect(compileCircuitCondition({ kind: 'or', of: [] }).text).toBe('false')
    expect(compileCircuitCondition({ kind: 'text', field: 'taskName', match: {} }).text).toBe('true')
    expect(compileCircuitCondition({ kind: 'text', field: 'name', match: {} }).text).toBe('true')
  })

  it('over the names of models', () => {
    expect(compileModelNameCondition(null)).toEqual({ text: 'true', parameters: {} })
    expect(compileModelNameCondition('ΣΑΣ')).toEqual({
      text: 'any(name IN m.foldedNames WHERE (name CONTAINS $p0))',
      parameters: { p0: 'σας' },
    })
  })
})

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

/** Pages of a catalogue as Cypher: text and parameters, word for word. */
import { type CatalogueShape, compileCount, compilePage } from '../../src/stores/neo4j/compile-page.js'

const SHAPE: CatalogueShape = { variable: 'c', label: 'Circuit', columns: 'c.id AS id' }
const ALL = { text: 'true', parameters: {} }

describe('a page of the catalogue becomes Cypher', () => {
  it('that counts what passes the filter', () => {
    expect(compileCount(SHAPE, 'here', { text: 'c.id IN $p0', parameters: { p0: ['a'] } })).toEqual({
      text: "MATCH (c:Circuit {ns: $ns, state: 'ready'})\nWHERE c.id IN $p0\nRETURN count(*) AS total",
      parameters: { p0: ['a'], ns: 'here' },
    })
  })

  it('that orders by a name with the missing ones last, and asks for one row more', () => {
    const page = compilePage(SHAPE, 'here', ALL, {
      orderBy: [{ field: 'name', direction: 'DESC' }],
      limit: 5,
      after: null,
      backwards: false,
    })
    expect(page.text).toBe(
      [
        "MATCH (c:Circuit {ns: $ns, state: 'ready'})",
        'WHERE true',
        'WITH c',
        'ORDER BY c.nameOrder IS NULL ASC, c.nameOrder DESC, c.id ASC',
        'LIMIT $limit',
        'RETURN c.id AS id',
      ].join('\n'),
    )
    expect(page.parameters).toMatchObject({ ns: 'here' })
    expect(String(page.parameters['limit'])).toBe('6')
  })

  it('that turns every order round for a page backwards', () => {
    const { text } = compilePage(SHAPE, 'here', ALL, {
      orderBy: [
        { field: 'name', direction: 'ASC' },
        { field: 'edgeCount', direction: 'DESC' },
      ],
      limit: 5,
      after: null,
      backwards: true,
    })
    expect(text).toContain('ORDER BY c.nameOrder IS NULL DESC, c.nameOrder DESC, c.edgeCount ASC, c.id DESC')
  })

  it('that continues after a key: equal in the first fields, beyond in the next', () => {
    const { text, parameters } = compilePage(SHAPE, 'here', ALL, {
      orderBy: [
        { field: 'createdAt', direction: 'DESC' },
        { field: 'name', direction: 'ASC' },
      ],
      limit: 5,
      after: ['2026-01-01', 'é', 'ff'],
      backwards: false,
    })
    expect(text).toContain(
      '  AND (c.createdAt < $k0 OR c.createdAt = $k0 AND (c.nameOrder IS NULL OR c.nameOrder > $k1) OR c.createdAt = $k0 AND c.nameOrder = $k1 AND c.id > $k2)\n',
    )
    // Names are compared by the hex digits of their UTF-8 bytes.
    expect(parameters).toMatchObject({ k0: '2026-01-01', k1: 'c3a9', k2: 'ff' })
  })

  it('that continues among the rows without a name', () => {
    const query = {
      orderBy: [{ field: 'name', direction: 'ASC' as const }],
      limit: 5,
      after: [null, 'ff'],
    }
    expect(compilePage(SHAPE, 'here', ALL, { ...query, backwards: false }).text).toContain(
      '  AND (false OR c.nameOrder IS NULL AND c.id > $k1)\n',
    )
    expect(compilePage(SHAPE, 'here', ALL, { ...query, backwards: true }).text).toContain(
      '  AND (c.nameOrder IS NOT NULL OR c.nameOrder IS NULL AND c.id < $k1)\n',
    )
  })

  it.each([[['x']], [['x', 'y', 'z']], [[1, 'x']], [['x', null]], [['x', 3]]])(
    'only for a key of this order, not for %j',
    (after) => {
      const query = { orderBy: [{ field: 'name', direction: 'ASC' as const }], limit: 5, backwards: false }
      expect(() => compilePage(SHAPE, 'here', ALL, { ...query, after })).toThrow(
        expect.objectContaining({ code: 'BAD_CURSOR' }),
      )
    },
  )
})

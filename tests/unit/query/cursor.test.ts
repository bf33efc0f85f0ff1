import fc from 'fast-check'
import { decodeCursor, encodeCursor, questionKey } from '../../../src/query/cursor.js'

describe('cursors', () => {
  const question = questionKey({ ask: 'nodes' })
  it('give back the key they hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(null), fc.integer(), fc.string({ unit: 'grapheme' }))),
        (key) => expect(decodeCursor(question, encodeCursor(question, key))).toEqual(key),
      ),
    )
  })
  it('refuse another question', () => {
    expect(() => decodeCursor(questionKey({ ask: 'edges' }), encodeCursor(question, 3))).toThrow(
      'this cursor belongs to another question',
    )
  })
  it('refuse whatever this server did not give out', () => {
    fc.assert(
      fc.property(fc.string(), (text) =>
        expect(() => decodeCursor(question, text)).toThrow('is not a cursor that this server gave out'),
      ),
    )
    const cursor = encodeCursor(question, 12)
    expect(() => decodeCursor(question, `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}`)).toThrow(
      'is not a cursor',
    )
  })
})

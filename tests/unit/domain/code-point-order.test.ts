import fc from 'fast-check'
import { compareCodePoints, foldedKey } from '../../../src/domain/code-point-order.js'

describe('code-point order', () => {
  it('is the order of the UTF-8 bytes', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('a', 'z', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'), {
          maxLength: 4,
        })
        .map((s) => s.join('')),
    )
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
      { numRuns: 2_000 },
    )
  })

  it('puts an astral character after U+FFFF, unlike UTF-16', () => {
    expect(compareCodePoints('\u{1f600}', '\uffff')).toBe(1)
    expect('\u{1f600}' < '\uffff').toBe(true)
  })
})

it('folds case and width for search, and is its own fold', () => {
  expect(foldedKey('Straße ＡＢＣ ǅ')).toBe(foldedKey('STRASSE abc ǆ'.replace('STRASSE', 'straße')))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) =>
      expect(foldedKey(foldedKey(text))).toBe(foldedKey(text)),
    ),
  )
})

import fc from 'fast-check'
import { positionsOfSpan } from '../../../src/domain/text-span.js'

describe('positions of a span', () => {
  it('are the tokens that share a character with it', () => {
    const pieces = ['pri', 'nt', "('", 'no', ' name']
    expect(positionsOfSpan([5, 7], pieces, "print('no name")).toEqual([2])
    expect(positionsOfSpan([4, 6], pieces, "print('no name")).toEqual([1, 2])
    expect(positionsOfSpan([0, 14], pieces, "print('no name")).toEqual([0, 1, 2, 3, 4])
  })

  it('are none for an empty span', () => {
    expect(positionsOfSpan([5, 5], ['print', '('], 'print(')).toEqual([])
  })

  it('are not known where the pieces do not spell the text', () => {
    expect(positionsOfSpan([0, 1], ['<0xE2>', '<0x98>', '<0x83>'], '☃')).toBeNull()
  })

  it('are those of a count, character by character', () => {
    const words = fc.array(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(words, fc.nat(40), fc.nat(40), (pieces, a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)]
        const owner = pieces.flatMap((piece, position) =>
          Array.from({ length: piece.length }, () => position),
        )
        const expected = [...new Set(owner.slice(start, end))]
        expect(positionsOfSpan([start, end], pieces, pieces.join(''))).toEqual(expected)
      }),
    )
  })
})

import fc from 'fast-check'
import { greedyTokenizer } from '../../../src/model/greedy-tokenizer.js'

const tokenize = (text: string, vocabulary: readonly string[]) => greedyTokenizer(vocabulary).encode(text)

describe('greedy tokenizer', () => {
  it('takes the longest token that fits at each place', () => {
    expect(tokenize('("a', ['(', '"', '("', 'a'])).toEqual([2, 3])
  })
  it('names the first character that no token covers', () => {
    expect(() => tokenize('ab☃', ['a', 'b'])).toThrow('no token of the vocabulary covers "☃" at character 3')
  })
  it('gives back the text when the token texts are joined', () => {
    const vocabulary = ['a', 'b', 'ab', 'ba', 'aba']
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b')), (letters) => {
        const text = letters.join('')
        expect(
          tokenize(text, vocabulary)
            .map((id) => vocabulary[id])
            .join(''),
        ).toBe(text)
      }),
    )
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { byteLevelText } from '../../../src/model/byte-level-text.js'
import { BytePairTokenizer } from '../../../src/model/byte-pair-tokenizer.js'
import { PROJECT_ROOT } from '../../support/project-files.js'
import { PYTHON_TOKENIZER_JSON, pythonTokenizer } from '../../support/python-tokenizer.js'

interface Known {
  readonly text: string
  readonly ids: readonly number[]
}

describe('byte-pair tokenizer', () => {
  const tokenizer = pythonTokenizer()

  // By tokenizers 0.23.3 in Python, the library that trained it.
  const known = JSON.parse(
    readFileSync(join(PROJECT_ROOT, 'tests/golden/python-tokenizer-ids.json'), 'utf8'),
  ) as readonly Known[]
  it.each(known.map(({ text, ids }) => [JSON.stringify(text), text, ids] as const))(
    'reads %s as the library that trained it does',
    (_, text, ids) => {
      expect(tokenizer.encode(text)).toEqual(ids)
    },
  )

  it('gives back any text from its ids', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text)
      }),
    )
  })

  it('spells the text of its tokens, whose pieces join to any ASCII text', () => {
    expect(tokenizer.vocabulary).toHaveLength(2048)
    expect(tokenizer.vocabulary[tokenizer.endOfText!]).toBe('<|endoftext|>')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        fc.pre(!text.includes('<|endoftext|>'))
        expect(
          tokenizer
            .encode(text)
            .map((id) => tokenizer.vocabulary[id])
            .join(''),
        ).toBe(text)
      }),
    )
  })

  it('spells bytes that are no characters by their number', () => {
    expect(byteLevelText('Ġprint')).toBe(' print')
    expect(byteLevelText('âĺĥ')).toBe('☃')
    expect(byteLevelText('xâĺ')).toBe('x<0xE2><0x98>')
    expect(byteLevelText('☃')).toBeNull()
  })

  it.each([
    ['not JSON', '{', 'tokenizer.json is not JSON'],
    ['another model', '{"model":{"type":"Unigram"}}', 'holds the model "Unigram" with the decoder undefined'],
    ['nothing', 'null', 'holds the model undefined'],
    [
      'a token that spells no bytes',
      '{"model":{"type":"BPE","vocab":{"☃":0},"merges":[]},"decoder":{"type":"ByteLevel"}}',
      'spells "☃" with characters that stand for no byte',
    ],
    [
      'what the library cannot open',
      '{"model":{"type":"BPE","vocab":{"a":0},"merges":[3]},"decoder":{"type":"ByteLevel"},"pre_tokenizer":{"type":"Own"}}',
      'tokenizer.json cannot be opened: ',
    ],
  ])('refuses %s', (_, json, message) => {
    expect(() => new BytePairTokenizer(json)).toThrow(message)
  })

  it('refuses a vocabulary with a hole', () => {
    const fields = JSON.parse(PYTHON_TOKENIZER_JSON) as { model: { vocab: Record<string, number> } }
    delete fields.model.vocab['Ġreturn']
    expect(() => new BytePairTokenizer(JSON.stringify(fields))).toThrow(
      /has 2047 tokens and none with the id \d+/,
    )
  })
})

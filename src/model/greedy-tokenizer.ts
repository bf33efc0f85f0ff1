/** Text to token ids over a model's own vocabulary. */
import { InvalidInput } from '../domain/errors.js'
import type { TextTokenizer } from './text-tokenizer.js'

/**
 * Greedy: at each place the longest token text that fits, ties to the lower id. Exact for vocabularies where one
 * spelling has one reading (characters, words); a model with merges has them replayed (byte-pair-tokenizer.ts).
 * `encode` throws BAD_INPUT naming the first character that no token covers.
 */
export function greedyTokenizer(vocabulary: readonly string[]): TextTokenizer {
  const ids = new Map<string, number>()
  let longest = 0
  for (const [id, token] of vocabulary.entries()) {
    if (token !== '' && !ids.has(token)) ids.set(token, id)
    longest = Math.max(longest, token.length)
  }
  const encode = (text: string): number[] => {
    const tokens: number[] = []
    for (let at = 0; at < text.length; ) {
      let length = Math.min(longest, text.length - at)
      while (length > 0 && !ids.has(text.slice(at, at + length))) length--
      if (length === 0) {
        throw new InvalidInput(
          'BAD_INPUT',
          `no token of the vocabulary covers ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))} at character ${at + 1}`,
          { hint: 'give the prompt as token ids' },
        )
      }
      tokens.push(ids.get(text.slice(at, at + length))!)
      at += length
    }
    return tokens
  }
  return { vocabulary, encode }
}

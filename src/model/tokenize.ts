/** Text to token ids over a model's own vocabulary. */
import { InvalidInput } from '../domain/errors.js'

/**
 * Greedy: at each place the longest token text that fits, ties to the lower id. For vocabularies where one spelling
 * has one reading (characters, words) this is exact; merges of a trained byte-pair tokenizer are not replayed, and
 * such prompts are given as token ids. Throws BAD_INPUT naming the first character that no token covers.
 */
export function tokenize(text: string, vocabulary: readonly string[]): number[] {
  const ids = new Map<string, number>()
  let longest = 0
  for (const [id, token] of vocabulary.entries()) {
    if (token !== '' && !ids.has(token)) ids.set(token, id)
    longest = Math.max(longest, token.length)
  }
  const tokens: number[] = []
  for (let at = 0; at < text.length; ) {
    let length = Math.min(longest, text.length - at)
    while (length > 0 && !ids.has(text.slice(at, at + length))) length--
    if (length === 0) {
      throw new InvalidInput(
        'BAD_INPUT',
        `no token of the vocabulary covers ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))} at character ${at + 1}`,
        {
          hint: 'give the prompt as token ids',
        },
      )
    }
    tokens.push(ids.get(text.slice(at, at + length))!)
    at += length
  }
  return tokens
}

/** A text for tests of training: a few tokens that follow each other by rule, with a random one now and then. */
import type { TokenSource } from '../../src/model/texts/token-source.js'
import { seededRandom } from './seeded-random.js'

/** Every token is the one before times three plus one, except where a die says otherwise. */
export function toyText(seed: number, vocabulary = 11): TokenSource {
  const rows = (first: number, count: number, length: number): Int32Array => {
    const random = seededRandom(first)
    const tokens = new Int32Array(count * length)
    for (let i = 0; i < tokens.length; i++) {
      const isFree = i % length === 0 || random.next() < 0.2
      tokens[i] = isFree ? random.below(vocabulary) : (3 * tokens[i - 1]! + 1) % vocabulary
    }
    return tokens
  }
  return {
    name: 'toy@1',
    vocabulary: Array.from({ length: vocabulary }, (_, id) => String.fromCharCode(97 + id)),
    batch: (step, count, length) => rows(1_000 * (seed + 1) + step, count, length),
    heldOut: (count, length) => rows(7, count, length),
  }
}

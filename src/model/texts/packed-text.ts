/** Documents as one line of tokens, each closed by end-of-text: rows are windows of it. */
import { InvalidInput } from '../../domain/errors.js'
import { Draws } from '../tasks/generated.js'
import { mixedSeed } from './seeded-rows.js'
import type { TokenSource } from './token-source.js'

export type TokenLine = Uint16Array | Uint32Array

export interface PackedText {
  /** Name, version and hash of what it was made from. */
  readonly name: string
  readonly vocabulary: readonly string[]
  readonly train: TokenLine
  readonly heldOut: TokenLine
}

/** Windows begin anywhere in the line; held-out windows stand at equal distances. Throws BAD_INPUT for a line shorter than a row. */
export function packedText({ name, vocabulary, train, heldOut }: PackedText, seed: number): TokenSource {
  const checked = (line: TokenLine, length: number, what: string): number => {
    if (line.length >= length) return line.length - length + 1
    throw new InvalidInput(
      'BAD_INPUT',
      `the ${what} text of ${name} has ${line.length} tokens, a row needs ${length}`,
      {
        hint: 'name a folder with more files',
      },
    )
  }
  return {
    name,
    vocabulary,
    batch: (step, count, length) => {
      const places = checked(train, length, 'training')
      const out = new Int32Array(count * length)
      for (let row = 0; row < count; row++) {
        const at = new Draws(mixedSeed(seed, step, row)).below(places)
        out.set(train.subarray(at, at + length), row * length)
      }
      return out
    },
    heldOut: (count, length) => {
      const places = checked(heldOut, length, 'held-out')
      const out = new Int32Array(count * length)
      for (let row = 0; row < count; row++) {
        const at = Math.floor((row * places) / count)
        out.set(heldOut.subarray(at, at + length), row * length)
      }
      return out
    },
  }
}

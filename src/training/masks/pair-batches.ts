/** Pairs of a step, both sides, as one batch of padded prompts with the places of their last tokens. */
import * as tf from '@tensorflow/tfjs-core'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { AnsweredPair } from '../../domain/extraction/mask-learning.js'
import type { Batch } from '../transformer.js'

export interface PairBatch {
  readonly batch: Batch
  /** Row of every prompt's last token, [sides]. */
  readonly last: tf.Tensor1D
  /** 1 at the right answer, −1 at the other, [sides, V]. */
  readonly signs: tf.Tensor2D
}

/** Pairs in random order, each once before any comes again. */
export function* drawnPairs(
  pairs: readonly AnsweredPair[],
  count: number,
  seed: number,
): Generator<AnsweredPair[]> {
  const random = xoroshiro128plus(seed)
  let left: AnsweredPair[] = []
  for (;;) {
    const drawn: AnsweredPair[] = []
    while (drawn.length < count) {
      if (left.length === 0) left = [...pairs]
      const at = uniformInt(random, 0, left.length - 1)
      drawn.push(left[at]!)
      left[at] = left[left.length - 1]!
      left.pop()
    }
    yield drawn
  }
}

/** Padded on the right: what comes later changes nothing at a prompt's last token. */
export function pairBatch(pairs: readonly AnsweredPair[], vocabulary: number): PairBatch {
  const sides = pairs.flatMap(({ clean, corrupt, target, alternative }) => [
    { tokens: clean, right: target, other: alternative },
    { tokens: corrupt, right: alternative, other: target },
  ])
  const length = Math.max(...sides.map(({ tokens }) => tokens.length))
  const tokens = new Int32Array(sides.length * length)
  const last = new Int32Array(sides.length)
  const signs = new Float32Array(sides.length * vocabulary)
  for (const [s, side] of sides.entries()) {
    tokens.set(side.tokens, s * length)
    last[s] = s * length + side.tokens.length - 1
    signs[s * vocabulary + side.right] = 1
    signs[s * vocabulary + side.other] = -1
  }
  return {
    batch: { tokens: tf.tensor1d(tokens, 'int32'), sequences: sides.length, length },
    last: tf.tensor1d(last, 'int32'),
    signs: tf.tensor2d(signs, [sides.length, vocabulary]),
  }
}

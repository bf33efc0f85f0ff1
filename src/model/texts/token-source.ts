/** What a model is trained on: an endless supply of token sequences that depends on nothing but its seed. */

export interface TokenSource {
  /** Name and version, recorded with every model that was trained on it. */
  readonly name: string
  /** The text of every token, index = token id. */
  readonly vocabulary: readonly string[]
  /** Text of the `tokenizer.json` that goes with a model of this text; none where the vocabulary says it all. */
  readonly tokenizer?: string
  /**
   * Training sequences of a step: `count` rows of `length` token ids, row after row. The same (seed, step) always
   * gives the same tokens, so that a run which was killed goes on with the text it would have seen.
   */
  batch(step: number, count: number, length: number): Int32Array
  /** Sequences that training never sees, for held-out loss: the same every time. */
  heldOut(count: number, length: number): Int32Array
}

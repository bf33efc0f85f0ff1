/** Text to token ids and the text of each token, whatever a model's tokenizer is. */
export interface TextTokenizer {
  /** Text of every token, index = token id. */
  readonly vocabulary: readonly string[]
  /** Throws BAD_INPUT naming what no token covers. */
  encode(text: string): readonly number[]
}

/**
 * What may stand beside a released model and is ours: `reference_set.json`, the token sequences over which means are
 * taken, `vocabulary.json`, the text of each token, and `tokenizer.json`, which turns text into tokens (Hugging Face).
 */
import { canonicalJson } from '../../domain/canonical-json.js'
import { InvalidInput } from '../../domain/errors.js'
import { sha256Hex } from '../../domain/sha256.js'
import type { ModelConfig, SparseModelData } from '../../domain/sparse-model-data.js'
import { BytePairTokenizer, TOKENIZER_FILE } from '../../model/byte-pair-tokenizer.js'
import { indexAt, listAt, objectAt, textAt } from '../json-fields.js'

export const REFERENCE_SET_FILE = 'reference_set.json'
export const VOCABULARY_FILE = 'vocabulary.json'

export type ReferenceSet = NonNullable<SparseModelData['referenceSet']>

/** `{"name": …, "sequences": [[ids]]}`; its id is the hash of the sequences. Throws `BAD_FILE` naming the place. */
export function parseReferenceSet(json: unknown, config: ModelConfig): ReferenceSet {
  const fields = objectAt(json, REFERENCE_SET_FILE)
  const name = textAt(fields['name'], `${REFERENCE_SET_FILE}: name`)
  const sequences = listAt(fields['sequences'], `${REFERENCE_SET_FILE}: sequences`).map((sequence, i) => {
    const path = `${REFERENCE_SET_FILE}: sequences[${i}]`
    const tokens = listAt(sequence, path)
    if (tokens.length === 0 || tokens.length > config.blockSize) {
      throw new InvalidInput(
        'BAD_FILE',
        `${path} has ${tokens.length} tokens, the model reads 1 to ${config.blockSize}`,
        { path },
      )
    }
    return tokens.map((token, t) => indexAt(token, `${path}[${t}]`, config.vocabSize))
  })
  if (sequences.length === 0)
    throw new InvalidInput('BAD_FILE', `${REFERENCE_SET_FILE} holds no sequence`, {
      path: REFERENCE_SET_FILE,
    })
  return { id: sha256Hex(canonicalJson(sequences)), name, sequences }
}

export function referenceSetJson(set: ReferenceSet): {
  name: string
  sequences: readonly (readonly number[])[]
} {
  return { name: set.name, sequences: set.sequences }
}

/**
 * The text of a `tokenizer.json` and its vocabulary. Throws `BAD_FILE` where it is no byte-level byte-pair tokenizer, or
 * has another number of tokens than the model.
 */
export function parseTokenizer(
  bytes: Uint8Array,
  config: ModelConfig,
): { readonly tokenizer: string; readonly vocabulary: readonly string[] } {
  const tokenizer = new TextDecoder().decode(bytes)
  const { vocabulary } = new BytePairTokenizer(tokenizer)
  return { tokenizer, vocabulary: checkedLength(vocabulary, TOKENIZER_FILE, config) }
}

/** A list of texts, one per vocabulary id. Throws `BAD_FILE` when it is not as long as the vocabulary. */
export function parseVocabulary(json: unknown, config: ModelConfig): readonly string[] {
  const texts = listAt(json, VOCABULARY_FILE).map((text, id) => textAt(text, `${VOCABULARY_FILE}[${id}]`))
  return checkedLength(texts, VOCABULARY_FILE, config)
}

function checkedLength(texts: readonly string[], file: string, config: ModelConfig): readonly string[] {
  if (texts.length !== config.vocabSize) {
    throw new InvalidInput(
      'BAD_FILE',
      `${file} has ${texts.length} tokens, the model's vocabulary has ${config.vocabSize}`,
      { path: file },
    )
  }
  return texts
}

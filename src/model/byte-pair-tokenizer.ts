/**
 * A byte-level byte-pair tokenizer out of a `tokenizer.json` of Hugging Face, its merges replayed by their own library:
 * the same ids as the library that trained it.
 */
import { Tokenizer } from '@huggingface/tokenizers'
import { InvalidInput } from '../domain/errors.js'
import { byteLevelText } from './byte-level-text.js'

export const TOKENIZER_FILE = 'tokenizer.json'
/** What stands between two documents of training text. */
export const END_OF_TEXT = '<|endoftext|>'

export class BytePairTokenizer {
  /** Text of every token; bytes that are no whole characters are spelled `<0xE2>`. */
  readonly vocabulary: readonly string[]
  /** Id of the end-of-text token; null where the tokenizer has none. */
  readonly endOfText: number | null
  readonly #tokenizer: Tokenizer

  /** `json`: text of the file. Throws BAD_FILE where it is no byte-level byte-pair tokenizer. */
  constructor(json: string) {
    const fields = checkedFields(json)
    this.vocabulary = vocabularyOf(fields)
    this.#tokenizer = opened(fields)
    this.endOfText = this.#tokenizer.token_to_id(END_OF_TEXT) ?? null
  }

  encode(text: string): readonly number[] {
    return this.#tokenizer.encode(text, { add_special_tokens: false }).ids
  }

  /** The text of ids, bytes joined across tokens. */
  decode(ids: readonly number[]): string {
    // The library refuses to decode nothing.
    if (ids.length === 0) return ''
    return this.#tokenizer.decode([...ids], {
      skip_special_tokens: false,
      clean_up_tokenization_spaces: false,
    })
  }
}

interface TokenizerFields {
  readonly model: { readonly vocab: Readonly<Record<string, number>> }
  readonly added_tokens?: readonly { readonly id: number; readonly content: string }[]
}

function checkedFields(json: string): TokenizerFields {
  let fields: { model?: { type?: unknown; vocab?: unknown; merges?: unknown }; decoder?: { type?: unknown } }
  try {
    fields = JSON.parse(json)
  } catch (cause) {
    throw new InvalidInput('BAD_FILE', `${TOKENIZER_FILE} is not JSON`, { path: TOKENIZER_FILE, cause })
  }
  const { model, decoder } = fields ?? {}
  const isRead =
    model?.type === 'BPE' &&
    decoder?.type === 'ByteLevel' &&
    Array.isArray(model.merges) &&
    typeof model.vocab === 'object' &&
    model.vocab !== null
  if (isRead) return fields as TokenizerFields
  throw new InvalidInput(
    'BAD_FILE',
    `${TOKENIZER_FILE} holds the model ${JSON.stringify(model?.type)} with the decoder ${JSON.stringify(decoder?.type)}; byte-pair tokenizers (BPE) over bytes (ByteLevel) are read here`,
    { path: TOKENIZER_FILE },
  )
}

/** The library takes its fields on trust. */
function opened(fields: TokenizerFields): Tokenizer {
  try {
    return new Tokenizer(fields, {})
  } catch (cause) {
    throw new InvalidInput('BAD_FILE', `${TOKENIZER_FILE} cannot be opened: ${(cause as Error).message}`, {
      path: TOKENIZER_FILE,
      cause,
    })
  }
}

function vocabularyOf({ model, added_tokens = [] }: TokenizerFields): readonly string[] {
  const texts = new Map<number, string>()
  const added = new Set(added_tokens.map(({ content }) => content))
  for (const [token, id] of Object.entries(model.vocab)) {
    const text = added.has(token) ? token : byteLevelText(token)
    if (text === null)
      throw new InvalidInput(
        'BAD_FILE',
        `${TOKENIZER_FILE} spells ${JSON.stringify(token)} with characters that stand for no byte`,
        { path: TOKENIZER_FILE },
      )
    texts.set(id, text)
  }
  for (const { id, content } of added_tokens) texts.set(id, content)
  const vocabulary = Array.from({ length: texts.size }, (_, id) => texts.get(id))
  const hole = vocabulary.indexOf(undefined)
  if (hole < 0) return vocabulary as string[]
  throw new InvalidInput(
    'BAD_FILE',
    `${TOKENIZER_FILE} has ${texts.size} tokens and none with the id ${hole}`,
    {
      path: TOKENIZER_FILE,
    },
  )
}

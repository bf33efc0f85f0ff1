/**
 * Custom attribution targets. circuit-tracer gives them a virtual id, vocabulary size + number, which no field of the
 * file marks. Two things tell them: an id beyond the vocabulary of a model whose size is known, or a token text that is
 * an expression of logits such as `logit(x)-logit(y)`, which no vocabulary has. A target with any other text on a model
 * of unknown vocabulary cannot be told from a token and is read as one.
 */
import { MAX_ID_LENGTH, type RawNode } from './node-reader.js'

/** Rows of the unembedding by the beginning of the model's name. */
const VOCABULARY_SIZES: readonly (readonly [RegExp, number])[] = [
  [/^gemma-2-/, 256_000],
  [/^gemma-3-/, 262_208],
  [/^llama-3/i, 128_256],
  [/^qwen-?3/i, 151_936],
  [/^gpt2/, 50_257],
]
const EXPRESSION = /^-?logit\(.+\)$/s

/** Name of a custom target (its text, else its virtual id), or null for a token of the vocabulary. */
export function virtualTarget(node: RawNode, vocabularyId: number, scan: string): string | null {
  const text = tokenText(node)
  const size = VOCABULARY_SIZES.find(([name]) => name.test(scan))?.[1] ?? Number.POSITIVE_INFINITY
  if (vocabularyId < size && !EXPRESSION.test(text)) return null
  return text === '' ? String(vocabularyId) : text
}

/** From its own field, else from a label such as `Output "x" (p=0.5)`; empty when unknown or too long for a name. */
function tokenText({ token, label }: RawNode): string {
  const isShort = label !== null && label.length <= 2 * MAX_ID_LENGTH
  const text = token ?? (isShort ? /^(?:Output|Logit) "(.*)"(?: \(p=[^)]*\))?$/s.exec(label)?.[1] : undefined)
  return text === undefined || text.length > MAX_ID_LENGTH ? '' : text
}

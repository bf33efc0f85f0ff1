/** Prompts of a question as token ids, checked once against the model. */
import { InvalidInput } from '../../domain/errors.js'
import type { ModelStructure } from '../ports/model-library.js'
import type { PromptInput } from '../questions.js'

export function tokensOf(prompt: PromptInput, structure: ModelStructure, path: string): readonly number[] {
  const tokens = prompt.kind === 'tokens' ? prompt.tokens : structure.tokenize(prompt.text)
  if (tokens.length === 0) throw new InvalidInput('BAD_INPUT', 'a prompt has at least one token', { path })
  for (const [i, token] of tokens.entries()) checkToken(token, structure, `${path}.tokens[${i}]`)
  return tokens
}

export function checkToken(token: number, structure: ModelStructure, path: string): number {
  if (!Number.isInteger(token) || token < 0 || token >= structure.vocabSize) {
    throw new InvalidInput(
      'BAD_INPUT',
      `the token ${token} is not in the vocabulary of ${structure.vocabSize}`,
      { path },
    )
  }
  return token
}

/** An id, or the one token that a text is; BAD_INPUT naming text that is several. */
export function singleToken(token: number | string, structure: ModelStructure, path: string): number {
  if (typeof token === 'number') return checkToken(token, structure, path)
  const tokens = structure.tokenize(token)
  if (tokens.length === 1) return tokens[0]!
  throw new InvalidInput(
    'BAD_INPUT',
    `${JSON.stringify(token)} is ${tokens.length} tokens of this model, and an answer is one`,
    { path },
  )
}

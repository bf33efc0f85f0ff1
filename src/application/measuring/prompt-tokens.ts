/** Prompts of a question as token ids, checked once against the model. */
import { InvalidInput, standingAt } from '../../domain/errors.js'
import type { ModelStructure } from '../ports/model-library.js'
import type { PromptInput } from '../questions.js'

/** `path`: where the prompt stands. */
export function tokensOf(prompt: PromptInput, structure: ModelStructure, path: string): readonly number[] {
  const tokens =
    prompt.kind === 'tokens' ? prompt.tokens : standingAt(path, () => structure.tokenize(prompt.text))
  if (tokens.length === 0) throw new InvalidInput('BAD_INPUT', 'a prompt has at least one token', { path })
  checkLength(tokens, structure, path)
  for (const [i, token] of tokens.entries()) checkToken(token, structure, `${path}.tokens[${i}]`)
  return tokens
}

/** Throws BAD_INPUT for more tokens than the model reads. */
export function checkLength(
  { length }: readonly number[],
  { blockSize }: ModelStructure,
  path: string,
): void {
  if (length > blockSize)
    throw new InvalidInput(
      'BAD_INPUT',
      `the prompt has ${length} tokens, the model reads at most ${blockSize}`,
      { path },
    )
}

/** The token that an answer is weighed against. Throws BAD_INPUT where it has nothing to be weighed against. */
export function checkAlternative(
  alternative: number | null,
  target: number | null,
  structure: ModelStructure,
  path: string,
): number | null {
  if (alternative === null) return null
  checkToken(alternative, structure, path)
  if (target === null)
    throw new InvalidInput('BAD_INPUT', `alternative ${alternative} has no target to be weighed against`, {
      path,
    })
  if (target === alternative)
    throw new InvalidInput('BAD_INPUT', `target and alternative are both ${target}`, { path })
  return alternative
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
  const tokens = standingAt(path, () => structure.tokenize(token))
  if (tokens.length === 1) return tokens[0]!
  throw new InvalidInput(
    'BAD_INPUT',
    `${JSON.stringify(token)} is ${tokens.length} tokens of this model, and an answer is one`,
    { path },
  )
}

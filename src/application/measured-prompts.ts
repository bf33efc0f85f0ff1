/** Prompts of a question as token ids, checked once against the model. */
import { InvalidInput } from '../domain/errors.js'
import type { ModelStructure } from './ports/model-library.js'
import type { PromptCase } from './ports/model-runner.js'
import type { MeasuredPrompt, PromptInput } from './questions.js'

const MAX_PROMPTS = 1_000

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

export function promptCases(prompts: readonly MeasuredPrompt[], structure: ModelStructure): PromptCase[] {
  if (prompts.length === 0)
    throw new InvalidInput('BAD_INPUT', 'this question is measured on prompts: give at least one', {
      path: 'on.prompts',
    })
  if (prompts.length > MAX_PROMPTS)
    throw new InvalidInput(
      'BAD_INPUT',
      `a question takes at most ${MAX_PROMPTS} prompts, this one has ${prompts.length}`,
      { path: 'on.prompts' },
    )
  return prompts.map((prompt, i) => ({
    tokens: tokensOf(prompt.prompt, structure, `on.prompts[${i}]`),
    target: prompt.target === null ? null : checkToken(prompt.target, structure, `on.prompts[${i}].target`),
    alternative:
      prompt.alternative === null
        ? null
        : checkToken(prompt.alternative, structure, `on.prompts[${i}].alternative`),
  }))
}

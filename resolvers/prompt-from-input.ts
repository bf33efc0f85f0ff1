import type { PromptInput } from '../schema/measured-prompt.input.js'
import type { PromptInput as AskedPrompt } from '../src/application/questions.js'

export function promptFromInput(input: PromptInput): AskedPrompt {
  return input.tokens ? { kind: 'tokens', tokens: input.tokens } : { kind: 'text', text: input.text ?? '' }
}

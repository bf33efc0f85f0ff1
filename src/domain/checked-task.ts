/** A task as a model's tokenizer can ask it. */
import type { TaskSplit } from './task.js'

export type RolePositions = Readonly<Record<string, readonly number[]>>

/** An example that a model with this tokenizer can be asked. */
export interface TokenExample {
  readonly clean: readonly number[]
  readonly corrupt: readonly number[]
  readonly target: number
  readonly alternative: number | null
  readonly template: string | null
  readonly split: TaskSplit
  readonly roles: { readonly clean: RolePositions; readonly corrupt: RolePositions }
}

export const DROP_REASONS = {
  UNKNOWN_TEXT: 'text that no token covers, or an id beyond the vocabulary',
  ANSWER_NOT_ONE_TOKEN: 'an answer that is several tokens',
  ANSWER_JOINS_PROMPT: 'an answer that the tokenizer joins with the end of the prompt',
  SAME_ANSWER: 'two answers that are one token',
  SAME_PROMPT: 'two prompts that are the same tokens',
  NOT_ALIGNED: 'prompts of unequal length or roles at unequal positions, in a task that promises neither',
} as const
export type DropReason = keyof typeof DROP_REASONS

export interface CheckedTask {
  readonly examples: readonly TokenExample[]
  readonly dropped: Readonly<Record<DropReason, number>>
}

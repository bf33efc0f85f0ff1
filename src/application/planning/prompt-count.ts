/** How many prompts a question measures and how long the longest is, before any of them is tokenised. */
import type { TaskPrompt } from '../../domain/task.js'
import { taskPairs } from '../measuring/task-pairs.js'
import type { TaskLibrary } from '../ports/task-library.js'
import type { MeasuredOn, PromptInput } from '../questions.js'

export interface PromptCount {
  readonly cases: number
  /** At most: a text has no more tokens than characters. */
  readonly tokens: number
}

export function lengthOf(prompt: PromptInput | TaskPrompt): number {
  return prompt.kind === 'tokens' ? prompt.tokens.length : prompt.text.length
}

/** `path`: where the task stands in the question, for what refuses it. */
export async function promptCount(
  on: MeasuredOn,
  tasks: TaskLibrary,
  path = 'input.on.task.',
): Promise<PromptCount> {
  if (on.kind === 'prompts')
    return counted(
      on.prompts.map(({ prompt }) => lengthOf(prompt)),
      1,
    )
  const pairs = on.kind === 'pairs' ? on.pairs : await taskPairs(on, tasks, path)
  const lengths = pairs.map(({ clean, corrupt }) => Math.max(lengthOf(clean), lengthOf(corrupt)))
  return counted(lengths, on.sides === 'BOTH' ? 2 : 1)
}

function counted(lengths: readonly number[], sides: number): PromptCount {
  return { cases: lengths.length * sides, tokens: lengths.reduce((a, b) => Math.max(a, b), 0) }
}

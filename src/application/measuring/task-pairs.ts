/** Pairs of prompts as a data set is made of them, from the examples of a task. */
import { InvalidInput } from '../../domain/errors.js'
import type { PairSpan, TaskToken } from '../../domain/task.js'
import type { TaskLibrary } from '../ports/task-library.js'
import type { MeasuredOn, PromptInput } from '../questions.js'

/** A pair with what a task says of it. */
export interface DataPair {
  readonly clean: PromptInput
  readonly corrupt: PromptInput
  readonly target: TaskToken
  readonly alternative: TaskToken | null
  readonly template: string | null
  readonly roles: Readonly<Record<string, readonly number[]>>
  /** Parts of text prompts, in characters. */
  readonly spans?: Readonly<Record<string, PairSpan>>
}

export async function taskPairs(
  { task, split, first }: Extract<MeasuredOn, { kind: 'task' }>,
  tasks: TaskLibrary,
  path = 'input.on.task.',
): Promise<readonly DataPair[]> {
  if (!Number.isInteger(first) || first < 1)
    throw new InvalidInput('BAD_INPUT', `a question takes at least one example, not ${first}`, {
      path: `${path}first`,
    })
  const { name, examples } = await tasks.open(task)
  const fitting = examples.filter((example) => split === 'ALL' || example.split === split)
  if (fitting.length === 0)
    throw new InvalidInput('BAD_INPUT', `the task ${name} has no ${split} examples`, {
      path: `${path}split`,
    })
  return fitting.slice(0, first)
}

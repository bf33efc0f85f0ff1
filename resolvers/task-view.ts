/** A task as the schema spells it, and the one that an input means. */
import type { TaskRefInput } from '../schema/ref.input.js'
import type { TaskExampleType, TaskType } from '../schema/task.type.js'
import { NotFound, standingAt } from '../src/domain/errors.js'
import { printGlobalId } from '../src/domain/global-id.js'
import type { TaskExample, TaskRecord } from '../src/domain/task.js'
import type { ApiContext } from './api-context.js'
import { bareId } from './bare-id.js'

export type TaskView = TaskType & { readonly __typename: 'Task'; readonly taskId: string }

export function taskView(record: TaskRecord): TaskView {
  return {
    ...record,
    __typename: 'Task',
    id: printGlobalId('task', record.id),
    taskId: record.id,
    language: record.language ?? null,
    heldOut: record.heldOut ?? 0,
  }
}

/** The task that an input means; NOT_FOUND otherwise. */
export async function taskByRef(
  ref: TaskRefInput,
  { useCases }: ApiContext,
  path: string,
): Promise<TaskRecord> {
  const asked =
    ref.id != null
      ? ({ kind: 'id', id: standingAt(path, () => bareId(ref.id!, 'task')) } as const)
      : ({ kind: 'name', name: ref.name ?? '' } as const)
  const found = await useCases.resolveTask(asked)
  if (found === null) throw new NotFound(`there is no task ${JSON.stringify(ref.id ?? ref.name)}`, { path })
  return found
}

export function exampleView(example: TaskExample): TaskExampleType {
  const { clean, corrupt, target, alternative, template, split, roles, spans = {} } = example
  return {
    split,
    clean: clean.kind === 'text' ? clean.text : null,
    cleanTokens: clean.kind === 'tokens' ? [...clean.tokens] : null,
    corrupt: corrupt.kind === 'text' ? corrupt.text : null,
    corruptTokens: corrupt.kind === 'tokens' ? [...corrupt.tokens] : null,
    target: String(target),
    alternative: alternative === null ? null : String(alternative),
    template,
    roles: Object.entries(roles).map(([name, positions]) => ({ name, positions: [...positions] })),
    spans: Object.entries(spans).map(([name, { clean, corrupt }]) => ({
      name,
      clean: { start: clean[0], end: clean[1] },
      corrupt: { start: corrupt[0], end: corrupt[1] },
    })),
  }
}

/** Tasks of the catalogue and their examples. */
import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { PageArgs } from '../schema/page.args.js'
import { TaskRefInput } from '../schema/ref.input.js'
import { MeasuredSplitEnum } from '../schema/task.enum.js'
import { TaskConnection, TaskExampleConnection, type TaskExampleType, TaskType } from '../schema/task.type.js'
import { NotFound } from '../src/domain/errors.js'
import { printGlobalId } from '../src/domain/global-id.js'
import type { TaskExample, TaskRecord } from '../src/domain/task.js'
import type { ApiContext } from './api-context.js'
import { bareId } from './bare-id.js'
import { listView } from './connection-view.js'

export type TaskView = TaskType & { readonly __typename: 'Task'; readonly taskId: string }

export function taskView(record: TaskRecord): TaskView {
  return { ...record, __typename: 'Task', id: printGlobalId('task', record.id), taskId: record.id }
}

/** The task that an input means; NOT_FOUND otherwise. */
export async function taskByRef(ref: TaskRefInput, { useCases }: ApiContext): Promise<TaskRecord> {
  const asked =
    ref.id != null
      ? ({ kind: 'id', id: bareId(ref.id, 'task') } as const)
      : ({ kind: 'name', name: ref.name ?? '' } as const)
  const found = await useCases.resolveTask(asked)
  if (found === null) throw new NotFound(`there is no task ${JSON.stringify(ref.id ?? ref.name)}`)
  return found
}

@Resolver(() => TaskType)
export class TaskResolver {
  @Query(() => TaskConnection, { description: 'Tasks, by name and version: built-in and imported ones.' })
  async tasks(@Args(() => PageArgs) page: PageArgs, @Ctx() { useCases }: ApiContext): Promise<object> {
    return listView(await useCases.tasks(), page, ['tasks'], taskView)
  }

  @Query(() => TaskType, { nullable: true, description: 'One task; null where there is none.' })
  async task(
    @Arg('ref', () => TaskRefInput, { description: 'Which one.' }) ref: TaskRefInput,
    @Ctx() context: ApiContext,
  ): Promise<TaskView | null> {
    try {
      return taskView(await taskByRef(ref, context))
    } catch (error) {
      if (error instanceof NotFound) return null
      throw error
    }
  }

  @FieldResolver(() => TaskExampleConnection, { description: 'Its examples, in their order.' })
  async examples(
    @Root() { taskId }: TaskView,
    @Arg('split', () => MeasuredSplitEnum, { defaultValue: 'ALL', description: 'Which of them.' })
    split: keyof typeof MeasuredSplitEnum,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { useCases }: ApiContext,
  ): Promise<object> {
    const { examples } = await useCases.openTask(taskId)
    const fitting = examples.filter((example) => split === 'ALL' || example.split === split)
    return listView(fitting, page, ['examples', taskId, split], exampleView)
  }
}

function exampleView(example: TaskExample): TaskExampleType {
  const { clean, corrupt, target, alternative, template, split, roles } = example
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
  }
}

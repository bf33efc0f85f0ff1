/** Tasks of the catalogue, their examples, and how graphs do on them. */
import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { PageArgs } from '../schema/page.args.js'
import { GraphRefInput, TaskRefInput } from '../schema/ref.input.js'
import { TaskEvaluationResult } from '../schema/result.unions.js'
import { MeasuredSplitEnum, TaskLanguageEnum } from '../schema/task.enum.js'
import { TaskConnection, TaskExampleConnection, TaskType } from '../schema/task.type.js'
import { TaskEvaluationArgs } from '../schema/task-evaluation.input.js'
import { NotFound } from '../src/domain/errors.js'
import { answerOrProblem } from './answer-or-problem.js'
import { taskEvaluationView } from './answer-view.js'
import type { ApiContext } from './api-context.js'
import { listView } from './connection-view.js'
import { openByRef } from './open-by-ref.js'
import { taskEvaluationQuestion } from './task-evaluation-from-input.js'
import { exampleView, type TaskView, taskByRef, taskView } from './task-view.js'

@Resolver(() => TaskType)
export class TaskResolver {
  @Query(() => TaskConnection, { description: 'Tasks, by name and version: built-in and imported ones.' })
  async tasks(
    @Arg('language', () => TaskLanguageEnum, {
      nullable: true,
      description: 'Only those whose prompts are written in it.',
    })
    language: keyof typeof TaskLanguageEnum | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { useCases }: ApiContext,
  ): Promise<object> {
    const all = await useCases.tasks()
    const fitting = language == null ? all : all.filter((task) => task.language === language)
    return listView(fitting, page, ['tasks', ...(language == null ? [] : [language])], taskView)
  }

  @Query(() => TaskType, { nullable: true, description: 'One task; null where there is none.' })
  async task(
    @Arg('ref', () => TaskRefInput, { description: 'Which one.' }) ref: TaskRefInput,
    @Ctx() context: ApiContext,
  ): Promise<TaskView | null> {
    try {
      return taskView(await taskByRef(ref, context, 'ref'))
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

  @FieldResolver(() => TaskEvaluationResult, {
    description: 'Runs a graph on the examples of the task: a model as it is, a circuit alone.',
  })
  evaluate(
    @Root() { taskId }: TaskView,
    @Arg('graph', () => GraphRefInput, { description: 'A model, or a circuit of one.' }) graph: GraphRefInput,
    @Args(() => TaskEvaluationArgs) examples: TaskEvaluationArgs,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openByRef(graph, context)
      const question = await taskEvaluationQuestion(taskId, examples, open, context, 'replacement')
      return taskEvaluationView(open, await context.useCases.evaluateTask(open, question, context.asking))
    })
  }
}

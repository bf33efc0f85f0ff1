import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription } from 'type-graphql'
import { CircuitType } from '../schema/circuit.type.js'
import { JobConnection, JobEventType, JobType } from '../schema/job.type.js'
import { PageArgs } from '../schema/page.args.js'
import { JobAnswer } from '../schema/result.unions.js'
import { SafeInt } from '../schema/safe-int.scalar.js'
import { SparseModelType } from '../schema/sparse-model.type.js'
import { TaskType } from '../schema/task.type.js'
import type { JobEvent } from '../src/application/job-board.js'
import {
  ablationAnswerView,
  ablationRowView,
  attributionAnswerView,
  faithfulnessAnswerView,
  taskEvaluationView,
} from './answer-view.js'
import type { ApiContext } from './api-context.js'
import { bareId } from './bare-id.js'
import { connectionView, pageFromArgs } from './connection-view.js'
import { type CircuitView, circuitView, modelView, type SparseModelView } from './graph-view.js'
import { type JobView, jobView } from './record-view.js'
import { type TaskView, taskView } from './task-view.js'

@Resolver(() => JobType)
export class JobResolver {
  @Query(() => JobType, { nullable: true, description: 'One job; null once it has been forgotten.' })
  async job(
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Ctx() { useCases }: ApiContext,
  ): Promise<JobView | null> {
    const job = await useCases.job(bareId(id, 'job'))
    return job === null ? null : jobView(job)
  }

  @Query(() => JobConnection, { description: 'Jobs, newest first.' })
  async jobs(@Args(() => PageArgs) page: PageArgs, @Ctx() { useCases }: ApiContext): Promise<object> {
    return connectionView(await useCases.jobs({ page: pageFromArgs(page) }), jobView)
  }

  @FieldResolver(() => [CircuitType], { description: 'Circuits that came of it and are still there.' })
  async circuits(@Root() job: JobView, @Ctx() { loaders }: ApiContext): Promise<CircuitView[]> {
    const found = await Promise.all(job.circuitIds.map((id) => loaders.circuit.load(id)))
    return found.flatMap((circuit) => (circuit === null ? [] : circuitView(circuit)))
  }

  @FieldResolver(() => [SparseModelType], { description: 'Models that came of it and are still there.' })
  async models(@Root() job: JobView, @Ctx() { loaders }: ApiContext): Promise<SparseModelView[]> {
    const found = await Promise.all(job.modelIds.map((id) => loaders.model.load(id)))
    return found.flatMap((model) => (model === null ? [] : modelView(model)))
  }

  @FieldResolver(() => JobAnswer, {
    nullable: true,
    description:
      'The answer of a question; null before the job has ended, for other jobs, and once fifty later answers have taken its room.',
  })
  async answer(@Root() job: JobView, @Ctx() { useCases }: ApiContext): Promise<object | null> {
    const found = await useCases.jobOutcome(bareId(job.id, 'job'))
    if (found === null) return null
    const { graph, outcome } = found
    switch (outcome.kind) {
      case 'ablate':
        return ablationAnswerView(graph, outcome.answer)
      case 'attribute':
        return attributionAnswerView(graph, outcome.question, outcome.answer)
      case 'faithfulness':
        return faithfulnessAnswerView(graph, outcome.answer)
      case 'evaluate':
        return taskEvaluationView(graph, outcome.answer)
      default:
        return outcome satisfies never
    }
  }

  @FieldResolver(() => [TaskType], { description: 'Tasks that came of it and are still there.' })
  async tasks(@Root() job: JobView, @Ctx() { useCases }: ApiContext): Promise<TaskView[]> {
    const found = await Promise.all(job.taskIds.map((id) => useCases.resolveTask({ kind: 'id', id })))
    return found.flatMap((task) => (task === null ? [] : taskView(task)))
  }

  @Subscription(() => JobEventType, {
    description: 'Changes of a job until it has ended; the state now comes first.',
    subscribe: ({ args, context }: { args: { id?: string; after?: number | null }; context: ApiContext }) =>
      context.useCases.jobEvents(bareId(args.id ?? '', 'job'), args.after ?? null, context.asking.signal),
  })
  jobEvents(
    @Root() { sequence, job, rows, graph }: JobEvent,
    @Arg('id', () => ID, { description: 'Id of the job.' }) _id: string,
    @Arg('after', () => SafeInt, {
      nullable: true,
      description: 'Only changes after this sequence number, to go on after a lost connection.',
    })
    _after: number | null,
  ): object {
    const shown = graph === null ? [] : rows.map((row) => ablationRowView(graph, row))
    return { sequence, job: jobView(job), rows: shown }
  }
}

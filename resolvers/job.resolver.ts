import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription } from 'type-graphql'
import { CircuitType } from '../schema/circuit.type.js'
import { JobConnection, JobEventType, JobType } from '../schema/job.type.js'
import { PageArgs } from '../schema/page.args.js'
import { SafeInt } from '../schema/safe-int.scalar.js'
import { SparseModelType } from '../schema/sparse-model.type.js'
import type { Job } from '../src/domain/job.js'
import type { ApiContext } from './api-context.js'
import { bareId } from './bare-id.js'
import { connectionView, pageFromArgs } from './connection-view.js'
import { type CircuitView, circuitView, modelView, type SparseModelView } from './graph-view.js'
import { type JobView, jobView } from './record-view.js'

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

  @Subscription(() => JobEventType, {
    description: 'Changes of a job until it has ended; the state now comes first.',
    subscribe: ({ args, context }: { args: { id?: string; after?: number | null }; context: ApiContext }) =>
      context.useCases.jobEvents(bareId(args.id ?? '', 'job'), args.after ?? null, context.asking.signal),
  })
  jobEvents(
    @Root() event: { sequence: number; job: Job },
    @Arg('id', () => ID, { description: 'Id of the job.' }) _id: string,
    @Arg('after', () => SafeInt, {
      nullable: true,
      description: 'Only changes after this sequence number, to go on after a lost connection.',
    })
    _after: number | null,
  ): JobEventType {
    return { sequence: event.sequence, job: jobView(event.job) }
  }
}

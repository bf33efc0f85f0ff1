/** Everything that changes the catalogue. The server lets only those in who may write. */
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import {
  CancelJobInput,
  DeleteCircuitInput,
  DeleteModelInput,
  ImportFilesInput,
  StartQuestionInput,
} from '../schema/mutation.input.js'
import {
  CancelJobResult,
  DeleteCircuitResult,
  DeleteModelResult,
  ImportFilesResult,
  StartQuestionResult,
} from '../schema/result.unions.js'
import { NotFound } from '../src/domain/errors.js'
import { printGlobalId } from '../src/domain/global-id.js'
import { answerOrProblem } from './answer-or-problem.js'
import type { ApiContext } from './api-context.js'
import { bareId } from './bare-id.js'
import { longQuestion } from './long-question-from-input.js'
import { openByRef } from './open-by-ref.js'
import { jobView } from './record-view.js'

@Resolver()
export class MutationResolver {
  @Mutation(() => ImportFilesResult, {
    description: 'Starts to read uploaded files; gives the job back at once.',
  })
  importFiles(
    @Arg('input', () => ImportFilesInput, { description: 'Which files.' })
    { files, name, idempotencyKey }: ImportFilesInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const request = {
        files,
        name: name ?? null,
        idempotencyKey: idempotencyKey ?? null,
        owner: context.owner,
      }
      return { __typename: 'ImportFilesPayload', job: jobView(await context.useCases.importFiles(request)) }
    })
  }

  @Mutation(() => DeleteCircuitResult, { description: 'Deletes a circuit with all that stands beside it.' })
  deleteCircuit(
    @Arg('input', () => DeleteCircuitInput, { description: 'Which circuit.' }) { id }: DeleteCircuitInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const hash = bareId(id, 'circuit')
      if (!(await context.useCases.deleteCircuit(hash))) throw new NotFound(`there is no circuit ${hash}`)
      return { __typename: 'DeleteCircuitPayload', deletedId: printGlobalId('circuit', hash) }
    })
  }

  @Mutation(() => DeleteModelResult, {
    description: 'Deletes a model; a problem while a circuit speaks about it.',
  })
  deleteModel(
    @Arg('input', () => DeleteModelInput, { description: 'Which model.' }) { id }: DeleteModelInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const hash = bareId(id, 'model')
      if (!(await context.useCases.deleteModel(hash))) throw new NotFound(`there is no model ${hash}`)
      return { __typename: 'DeleteModelPayload', deletedId: printGlobalId('model', hash) }
    })
  }

  @Mutation(() => CancelJobResult, {
    description: 'Asks a job to stop; a problem when it has ended already.',
  })
  cancelJob(
    @Arg('input', () => CancelJobInput, { description: 'Which job.' }) { id }: CancelJobInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const job = await context.useCases.cancelJob(bareId(id, 'job'))
      return { __typename: 'CancelJobPayload', job: jobView(job) }
    })
  }

  @Mutation(() => StartQuestionResult, {
    description: 'Starts a long question; gives the job back at once. Its rows stream through jobEvents.',
  })
  startQuestion(
    @Arg('input', () => StartQuestionInput, { description: 'What to ask of which graph.' })
    { graph, question, idempotencyKey }: StartQuestionInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openByRef(graph, context)
      const job = await context.useCases.startQuestion({
        graph: open,
        asked: await longQuestion(question, open, context),
        idempotencyKey: idempotencyKey ?? null,
        owner: context.owner,
      })
      return { __typename: 'StartQuestionPayload', job: jobView(job) }
    })
  }
}

import { ArgsType, Field, InputType, Int } from 'type-graphql'
import { TaskRefInput } from './ref.input.js'
import { ReplacementInput } from './replacement.input.js'
import { MeasuredSplitEnum } from './task.enum.js'

/** What an evaluation says beside its task and its graph: arguments of `Task.evaluate`, fields of a job's question. */
@ArgsType()
@InputType('MeasuredExamples', { description: 'Which examples of a task a graph is run on.' })
export class TaskEvaluationArgs {
  @Field(() => MeasuredSplitEnum, { defaultValue: 'TEST', description: 'Which examples.' })
  split!: keyof typeof MeasuredSplitEnum

  @Field(() => Int, {
    defaultValue: 64,
    description: 'At most so many examples, from the first; to 1,000.',
  })
  first!: number

  @Field(() => ReplacementInput, {
    nullable: true,
    description:
      'What takes the place of everything outside a circuit; left out: MEAN where the model has a reference set, else ZERO. Without meaning for a model.',
  })
  replacement?: ReplacementInput | null
}

@InputType('TaskEvaluationInput', {
  description: 'The examples that a graph is run on, as in Task.evaluate.',
})
export class TaskEvaluationInput extends TaskEvaluationArgs {
  @Field(() => TaskRefInput, { description: 'The task.' })
  task!: TaskRefInput
}

import { Field, ObjectType } from 'type-graphql'
import { AnswerInterface } from './answer.interface.js'
import { IntervalType, MeasuredDataType, UsedReplacementType } from './measured.type.js'
import { PairSideEnum } from './question.enum.js'
import { SafeInt } from './safe-int.scalar.js'
import { MeasuredSplitEnum } from './task.enum.js'

const LOSS =
  'Loss of the right answer against the wrong one, nats per side, from 0: a guess has ln 2. Against all tokens where examples have one answer.'
const DIFFERENCE = 'Right minus wrong logit; 0 for any constant guess. Null where an example has one answer.'
const ACCURACY = 'Share of prompts answered rightly, 0…1.'

@ObjectType('TaskSideReading', {
  simpleResolvers: true,
  description: 'How a graph does on one prompt of every pair, mean over them.',
})
export class TaskSideReadingType {
  @Field(() => PairSideEnum, { description: 'Which prompt.' })
  side!: keyof typeof PairSideEnum

  @Field(() => Number, { nullable: true, description: LOSS })
  loss!: number | null

  @Field(() => Number, { nullable: true, description: DIFFERENCE })
  difference!: number | null

  @Field(() => Number, { nullable: true, description: ACCURACY })
  accuracy!: number | null
}

@ObjectType('TaskTemplateReading', {
  simpleResolvers: true,
  description: 'How a graph does on the examples of one template, mean over their prompts.',
})
export class TaskTemplateReadingType {
  @Field(() => String, { description: 'The template.' })
  template!: string

  @Field(() => SafeInt, { description: 'How many examples it has among those measured.' })
  examples!: number

  @Field(() => Number, { nullable: true, description: LOSS })
  loss!: number | null

  @Field(() => Number, { nullable: true, description: DIFFERENCE })
  difference!: number | null

  @Field(() => Number, { nullable: true, description: ACCURACY })
  accuracy!: number | null
}

@ObjectType('TaskEvaluation', {
  implements: AnswerInterface,
  simpleResolvers: true,
  description: 'How a graph does on the examples of a task, mean over all their prompts.',
})
export class TaskEvaluationType {
  @Field(() => Number, { nullable: true, description: LOSS })
  loss!: number | null

  @Field(() => IntervalType, {
    nullable: true,
    description: 'Interval of the loss, drawn by template; null for one template.',
  })
  lossInterval!: IntervalType | null

  @Field(() => Number, { nullable: true, description: DIFFERENCE })
  difference!: number | null

  @Field(() => Number, { nullable: true, description: ACCURACY })
  accuracy!: number | null

  @Field(() => String, { nullable: true, description: 'Why a number is null.' })
  reason!: string | null

  @Field(() => MeasuredSplitEnum, { description: 'Which examples were measured.' })
  split!: keyof typeof MeasuredSplitEnum

  @Field(() => UsedReplacementType, {
    nullable: true,
    description: 'What took the place of everything outside a circuit; null for a model.',
  })
  replacement!: UsedReplacementType | null

  @Field(() => MeasuredDataType, { description: 'What it was measured on.' })
  dataSet!: MeasuredDataType

  @Field(() => [TaskSideReadingType], {
    description:
      'The clean and the corrupt prompts by themselves; clean ones alone where examples have one answer.',
  })
  sides!: TaskSideReadingType[]

  @Field(() => [TaskTemplateReadingType], {
    description:
      'Template by template, in the order of their first example; empty where the task names none.',
  })
  templates!: TaskTemplateReadingType[]

  @Field(() => Number, {
    nullable: true,
    description:
      'Smallest gap at an AbsTopK cut in any run, activation units; null where the model has none.',
  })
  smallestMargin!: number | null
}

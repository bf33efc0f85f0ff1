import { Field, InputType, Int } from 'type-graphql'
import { TaskRefInput } from './ref.input.js'
import { MeasuredSplitEnum } from './task.enum.js'

@InputType('PromptInput', { description: 'A prompt: exactly one of these.' })
export class PromptInput {
  @Field(() => [Int], { nullable: true, description: 'Vocabulary ids in order.' })
  tokens?: number[] | null

  @Field(() => String, { nullable: true, description: 'Text, for models that came with a vocabulary.' })
  text?: string | null
}

@InputType('MeasuredPrompt', { description: 'A prompt that a metric is taken on.' })
export class MeasuredPromptInput {
  @Field(() => PromptInput, { description: 'The prompt.' })
  prompt!: PromptInput

  @Field(() => Int, {
    nullable: true,
    description:
      'Vocabulary id of the right next token; left out: the prompt predicts itself, token by token.',
  })
  target?: number | null

  @Field(() => Int, { nullable: true, description: 'Vocabulary id of the token it is weighed against.' })
  alternative?: number | null
}

@InputType('MeasuredPair', {
  description: 'Two prompts that differ in what the behaviour depends on, each with its own right answer.',
})
export class MeasuredPairInput {
  @Field(() => PromptInput, { description: 'The clean prompt.' })
  clean!: PromptInput

  @Field(() => PromptInput, { description: 'The corrupt prompt.' })
  corrupt!: PromptInput

  @Field(() => Int, { description: 'Vocabulary id of the right next token after the clean prompt.' })
  target!: number

  @Field(() => Int, {
    nullable: true,
    description: 'Vocabulary id of the right next token after the corrupt prompt.',
  })
  alternative?: number | null
}

@InputType('MeasuredTask', { description: 'Examples of a task.' })
export class MeasuredTaskInput {
  @Field(() => TaskRefInput, { description: 'The task.' })
  ref!: TaskRefInput

  @Field(() => MeasuredSplitEnum, { defaultValue: 'TEST', description: 'Which examples.' })
  split!: keyof typeof MeasuredSplitEnum

  @Field(() => Int, { defaultValue: 64, description: 'At most so many, from the first; to 1,000.' })
  first!: number
}

@InputType('MeasuredOn', { description: 'What a question is measured on: exactly one of these.' })
export class MeasuredOnInput {
  @Field(() => [MeasuredPromptInput], { nullable: true, description: 'Given prompts, 1 to 1,000.' })
  prompts?: MeasuredPromptInput[] | null

  @Field(() => [MeasuredPairInput], { nullable: true, description: 'Given pairs of prompts, 1 to 1,000.' })
  pairs?: MeasuredPairInput[] | null

  @Field(() => MeasuredTaskInput, { nullable: true, description: 'Examples of a task, as pairs.' })
  task?: MeasuredTaskInput | null
}

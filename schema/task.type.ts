import { Field, ID, Int, ObjectType } from 'type-graphql'
import { connectionOf } from './connection.js'
import { DateTime } from './date-time.scalar.js'
import { NodeInterface } from './node.interface.js'
import { SafeInt } from './safe-int.scalar.js'
import { TaskLanguageEnum, TaskSourceEnum, TaskSplitEnum } from './task.enum.js'

@ObjectType('TaskRole', { simpleResolvers: true, description: 'Positions that play a part in an example.' })
export class TaskRoleType {
  @Field(() => String, { description: 'The part.' })
  name!: string

  @Field(() => [Int], { description: 'Positions in both prompts, from 0.' })
  positions!: number[]
}

@ObjectType('TextSpan', { simpleResolvers: true, description: 'A part of a text.' })
export class TextSpanType {
  @Field(() => Int, { description: 'Its first character, from 0 (UTF-16 code units).' })
  start!: number

  @Field(() => Int, { description: 'The character behind its last.' })
  end!: number
}

@ObjectType('TaskSpan', {
  simpleResolvers: true,
  description: 'A part of an example in characters: which tokens it is depends on the vocabulary of a model.',
})
export class TaskSpanType {
  @Field(() => String, { description: 'The part; `positions: {role}` takes it.' })
  name!: string

  @Field(() => TextSpanType, { description: 'Where it stands in the clean prompt.' })
  clean!: TextSpanType

  @Field(() => TextSpanType, { description: 'Where it stands in the corrupt prompt.' })
  corrupt!: TextSpanType
}

@ObjectType('TaskExample', {
  simpleResolvers: true,
  description: 'A clean and a corrupt prompt, each with its right next token.',
})
export class TaskExampleType {
  @Field(() => TaskSplitEnum, { description: 'Its split.' })
  split!: keyof typeof TaskSplitEnum

  @Field(() => String, { nullable: true, description: 'The clean prompt; null where it is given as tokens.' })
  clean!: string | null

  @Field(() => [Int], { nullable: true, description: 'Its vocabulary ids; null where it is given as text.' })
  cleanTokens!: number[] | null

  @Field(() => String, {
    nullable: true,
    description: 'The corrupt prompt; null where it is given as tokens.',
  })
  corrupt!: string | null

  @Field(() => [Int], { nullable: true, description: 'Its vocabulary ids; null where it is given as text.' })
  corruptTokens!: number[] | null

  @Field(() => String, { description: 'Right next token after the clean prompt: text, or an id in digits.' })
  target!: string

  @Field(() => String, {
    nullable: true,
    description: 'Right next token after the corrupt prompt: text, or an id in digits.',
  })
  alternative!: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Examples of one template are held out, and drawn in a bootstrap, together.',
  })
  template!: string | null

  @Field(() => [TaskRoleType], { description: 'Positions by the part they play.' })
  roles!: TaskRoleType[]

  @Field(() => [TaskSpanType], { description: 'Parts of text prompts, in characters.' })
  spans!: TaskSpanType[]
}

export const TaskExampleConnection = connectionOf('TaskExample', () => TaskExampleType, 'examples')

@ObjectType('Task', {
  implements: NodeInterface,
  simpleResolvers: true,
  description: 'Paired prompts that ask for one behaviour.',
})
export class TaskType implements NodeInterface {
  @Field(() => ID, { description: 'Global id.' })
  id!: string

  @Field(() => String, { description: 'Name; a question by name means the newest version.' })
  name!: string

  @Field(() => String, { description: 'Version.' })
  version!: string

  @Field(() => String, { description: 'What is asked, in words.' })
  description!: string

  @Field(() => TaskSourceEnum, { description: 'Where its examples come from.' })
  source!: keyof typeof TaskSourceEnum

  @Field(() => TaskLanguageEnum, {
    nullable: true,
    description: 'What its prompts are written in; null for an imported task.',
  })
  language!: keyof typeof TaskLanguageEnum | null

  @Field(() => SafeInt, { description: 'Examples to fit on.' })
  train!: number

  @Field(() => SafeInt, {
    description: 'Examples held out in their details: other names and words in templates of TRAIN.',
  })
  heldOut!: number

  @Field(() => SafeInt, { description: 'Examples held out, by template.' })
  test!: number

  @Field(() => DateTime, { nullable: true, description: 'When it came in; null for a built-in task.' })
  createdAt!: string | null
}

export const TaskConnection = connectionOf('Task', () => TaskType, 'tasks')

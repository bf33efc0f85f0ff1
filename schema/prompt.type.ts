import { Field, ObjectType } from 'type-graphql'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('PromptToken', { simpleResolvers: true, description: 'A token of a prompt.' })
export class PromptTokenType {
  @Field(() => SafeInt, { description: 'Position in the prompt, from 0.' })
  position!: number

  @Field(() => SafeInt, { nullable: true, description: 'Vocabulary id; null where only the text is known.' })
  id!: number | null

  @Field(() => String, {
    nullable: true,
    description: 'Text; null where the model came without a vocabulary.',
  })
  text!: string | null
}

@ObjectType('Prompt', { simpleResolvers: true, description: 'The prompt that a circuit speaks about.' })
export class PromptType {
  @Field(() => String, { description: 'The whole text.' })
  text!: string

  @Field(() => [PromptTokenType], { description: 'Its tokens in order.' })
  tokens!: PromptTokenType[]
}

@ObjectType('TaskReference', { simpleResolvers: true, description: 'The task that a circuit explains.' })
export class TaskReferenceType {
  @Field(() => String, { description: 'Name of the task.' })
  name!: string

  @Field(() => String, { description: 'Version of the task.' })
  version!: string
}

import { Field, InputType } from 'type-graphql'
import { AttentionPolicyEnum } from './circuit-edge.enum.js'

@InputType('Links', { description: 'Which implied links a walk may use.' })
export class LinksInput {
  @Field(() => Boolean, {
    defaultValue: true,
    description: 'Does the residual stream link each write to every later read of its channel?',
  })
  residual!: boolean

  @Field(() => AttentionPolicyEnum, {
    nullable: true,
    description:
      'How attention is passed. Default: OV_AND_QK where existence is asked, OV_ONLY where products are.',
  })
  attention?: keyof typeof AttentionPolicyEnum | null

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Does the bigram table link attached tokens to attached logits? A pattern that names BIGRAM asks for it, too. The answer says whether it did.',
  })
  bigram!: boolean
}

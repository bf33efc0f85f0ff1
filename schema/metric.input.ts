import { Field, InputType } from 'type-graphql'
import { MetricPresetEnum } from './question.enum.js'

@InputType('Metric', { description: 'What is measured: exactly one of these.' })
export class MetricInput {
  @Field(() => MetricPresetEnum, { nullable: true, description: 'A metric by name.' })
  preset?: keyof typeof MetricPresetEnum | null

  @Field(() => String, {
    nullable: true,
    description: 'A direction in logit space: logit(5)-logit(7); on attribution graphs also logit(5).',
  })
  direction?: string | null
}

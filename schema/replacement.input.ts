import { Field, InputType, Int } from 'type-graphql'
import { ReplacementPresetEnum } from './question.enum.js'

@InputType('MeanReplacement', { description: 'The mean over given sequences.' })
export class MeanReplacementInput {
  @Field(() => [[Int]], { description: 'Token sequences; all their tokens count, the first included.' })
  referenceSet!: number[][]
}

@InputType('DatasetReplacement', { description: 'The activation on another text.' })
export class DatasetReplacementInput {
  @Field(() => Int, { defaultValue: 0, description: 'Seed of the draw.' })
  seed!: number
}

@InputType('Replacement', {
  description: 'What takes the place of an activation, after AbsTopK: exactly one of these.',
})
export class ReplacementInput {
  @Field(() => ReplacementPresetEnum, { nullable: true, description: 'A replacement without settings.' })
  preset?: keyof typeof ReplacementPresetEnum | null

  @Field(() => MeanReplacementInput, { nullable: true, description: 'The mean over given sequences.' })
  mean?: MeanReplacementInput | null

  @Field(() => Number, { nullable: true, description: 'One value for every channel, activation units.' })
  value?: number | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'true: the activation on the other prompt of the pair, position by position.',
  })
  corrupt?: boolean | null

  @Field(() => DatasetReplacementInput, {
    nullable: true,
    description:
      'The activation on a sequence of the model’s reference set, drawn for each prompt, position by position.',
  })
  dataset?: DatasetReplacementInput | null
}

import { Field, InputType, Int } from 'type-graphql'
import { MeasuredOnInput } from './measured-prompt.input.js'
import { BackgroundEnum } from './question.enum.js'
import { ReplacementInput } from './replacement.input.js'
import { TaskSplitEnum } from './task.enum.js'

@InputType('FaithfulnessInput', { description: 'How a circuit is put to the test.' })
export class FaithfulnessInput {
  @Field(() => MeasuredOnInput, {
    nullable: true,
    description: 'A task or pairs; left out: the task that the circuit names.',
  })
  on?: MeasuredOnInput | null

  @Field(() => TaskSplitEnum, {
    defaultValue: 'TEST',
    description: 'Which split of a task is measured; rankings and searches use TRAIN.',
  })
  split!: keyof typeof TaskSplitEnum

  @Field(() => ReplacementInput, {
    nullable: true,
    description:
      'What takes the place of what is not kept; left out: MEAN where the model has a reference set, else ZERO.',
  })
  replacement?: ReplacementInput | null

  @Field(() => BackgroundEnum, {
    defaultValue: 'CIRCUIT',
    description: 'Whose channels the curve over size keeps.',
  })
  universe!: keyof typeof BackgroundEnum

  @Field(() => String, {
    nullable: true,
    description:
      'A score of the graph’s nodes to rank by; left out: leave-one-out inside a circuit, gradients in a model.',
  })
  ranking?: string | null

  @Field(() => Boolean, { defaultValue: false, description: 'Rank by signed score, or by its size.' })
  signed!: boolean

  @Field(() => [Number], {
    nullable: true,
    description: 'Shares of the universe to keep, ascending in 0…1; left out: the ten of the MIB benchmark.',
  })
  grid?: number[] | null

  @Field(() => Int, {
    defaultValue: 20,
    description: 'Random circuits of the same size, and random halves of everything else; 0 to 1,000.',
  })
  randomDraws!: number

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Also search circuits on shuffled labels, nonsense pairs and permuted weights: slow, and needed for a SUPPORTED verdict.',
  })
  controls!: boolean

  @Field(() => Int, { defaultValue: 0, description: 'Seed of every draw.' })
  seed!: number
}

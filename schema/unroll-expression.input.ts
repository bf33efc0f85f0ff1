import { Field, InputType, Int } from 'type-graphql'
import { AttentionPolicyEnum } from './circuit-edge.enum.js'
import { PromptInput } from './measured-prompt.input.js'
import { GateEnum } from './question.enum.js'
import { ReplacementInput } from './replacement.input.js'

@InputType('UnrollExpression', {
  description:
    'The graph on one prompt: nodes get positions, edges are derivatives at the values of that run, so the sum over all paths from a node to a logit is the gradient of the logit.',
})
export class UnrollExpressionInput {
  @Field(() => PromptInput, { description: 'The prompt.' })
  prompt!: PromptInput

  @Field(() => AttentionPolicyEnum, {
    defaultValue: 'OV_AND_QK',
    description: 'OV_ONLY takes attention patterns for constants.',
  })
  attention!: keyof typeof AttentionPolicyEnum

  @Field(() => GateEnum, {
    defaultValue: 'LIVE',
    description: 'FROZEN takes the spread of the stream for a constant; LIVE makes it a node of each row.',
  })
  norms!: keyof typeof GateEnum

  @Field(() => GateEnum, {
    defaultValue: 'FROZEN',
    description: 'What AbsTopK keeps on the prompt has derivative 1: FROZEN is all there is.',
  })
  topK!: keyof typeof GateEnum

  @Field(() => ReplacementInput, {
    nullable: true,
    description:
      'What stands outside a circuit while it is run: ZERO, MEAN (default), MEAN_PER_POSITION or a value.',
  })
  baseline?: ReplacementInput | null

  @Field(() => [Int], {
    nullable: true,
    description:
      'Vocabulary ids of the logits at the last position that the graph ends in, at most 1,000; default: the ten most probable.',
  })
  logits?: number[] | null
}

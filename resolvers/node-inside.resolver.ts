/** Looking inside one channel of a sparse model; other nodes answer with a Problem. */
import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { CircuitNodeType } from '../schema/circuit-node.type.js'
import { PromptInput } from '../schema/measured-prompt.input.js'
import {
  ChannelPartnerConnection,
  ChannelPartnersType,
  ChannelTokensType,
  WeighedTokenConnection,
} from '../schema/node-inside.type.js'
import { PageArgs } from '../schema/page.args.js'
import { ActivationOrderEnum } from '../schema/question.enum.js'
import { ActivationsResult, PartnersResult, TokensResult } from '../schema/result.unions.js'
import type { PartnersAnswer, TokensAnswer } from '../src/application/answers.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { answerOrProblem } from './answer-or-problem.js'
import type { ApiContext } from './api-context.js'
import { listView } from './connection-view.js'
import { NodeView } from './node-view.js'
import { promptFromInput } from './prompt-from-input.js'

type PartnersView = Omit<PartnersAnswer, 'partners'> & {
  readonly open: OpenGraph
  readonly rows: PartnersAnswer['partners']
}
type TokensView = Omit<TokensAnswer, 'tokens'> & { readonly rows: TokensAnswer['tokens'] }

@Resolver(() => CircuitNodeType)
export class NodeInsideResolver {
  @FieldResolver(() => ActivationsResult, {
    description:
      'Where the channel speaks loudest and how its values are spread: the whole model runs over a set of texts.',
  })
  activations(
    @Root() { open, node }: NodeView,
    @Arg('on', () => [PromptInput], {
      nullable: true,
      description: 'Texts, 1 to 1,000; left out: the reference set that the model came with.',
    })
    on: PromptInput[] | null,
    @Arg('order', () => ActivationOrderEnum, { defaultValue: 'TOP', description: 'Which places to show.' })
    order: keyof typeof ActivationOrderEnum,
    @Arg('first', () => Int, { defaultValue: 10, description: 'How many places, 1 to 100.' }) first: number,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const question = { on: on?.map(promptFromInput) ?? null, order, first }
      const answer = await context.useCases.activations(open, node, question, context.asking)
      return { ...answer, __typename: 'ChannelActivity' }
    })
  }

  @FieldResolver(() => PartnersResult, {
    description:
      'What the channel reads in the whole model: weights into it, writers of its residual channel.',
  })
  reads(@Root() view: NodeView, @Ctx() context: ApiContext): Promise<object> {
    return partners(view, 'READS', context)
  }

  @FieldResolver(() => PartnersResult, {
    description:
      'What the channel writes to in the whole model: weights out of it, readers of its residual channel.',
  })
  writes(@Root() view: NodeView, @Ctx() context: ApiContext): Promise<object> {
    return partners(view, 'WRITES', context)
  }

  @FieldResolver(() => TokensResult, {
    description:
      'Tokens whose embedding (for act_in) or unembedding (for resid_delta, embed and final_resid) weighs most on the residual channel.',
  })
  tokens(@Root() { open, node }: NodeView, @Ctx() context: ApiContext): Promise<object> {
    return answerOrProblem(context, async () => {
      const { tokens: rows, ...answer } = await context.useCases.weighedTokens(open, node)
      return { ...answer, rows, __typename: 'ChannelTokens' }
    })
  }
}

function partners({ open, node }: NodeView, side: 'READS' | 'WRITES', context: ApiContext): Promise<object> {
  return answerOrProblem(context, async () => {
    const { partners: rows, ...answer } = await context.useCases.partners(open, node, side)
    return { ...answer, open, rows, __typename: 'ChannelPartners' }
  })
}

@Resolver(() => ChannelPartnersType)
export class ChannelPartnersResolver {
  @FieldResolver(() => ChannelPartnerConnection, {
    description:
      'Largest absolute weight first, ties in canonical order, links without a weight last. Writers and readers of the residual channel that no weight (or token) leads into or out of are left out.',
  })
  partners(@Root() { open, rows, provenance }: PartnersView, @Args(() => PageArgs) page: PageArgs): object {
    return listView(rows, page, ['partners', provenance.questionHash], ({ node, ...row }) => ({
      ...row,
      node: node === null ? null : new NodeView(open, node),
    }))
  }
}

@Resolver(() => ChannelTokensType)
export class ChannelTokensResolver {
  @FieldResolver(() => WeighedTokenConnection, {
    description: 'Largest absolute weight first, ties by lower id; tokens of weight 0 are left out.',
  })
  tokens(@Root() { rows, provenance }: TokensView, @Args(() => PageArgs) page: PageArgs): object {
    return listView(rows, page, ['tokens', provenance.questionHash], (row) => row)
  }
}

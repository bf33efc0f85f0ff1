/** Paged rows of answers; the rows are at hand, so a page costs no new question. */
import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { AblationAnswerType, AblationRowConnection } from '../schema/ablation-answer.type.js'
import { AnswerOrderEnum } from '../schema/answer.enum.js'
import { AttributionAnswerType, AttributionScoreConnection } from '../schema/attribution-answer.type.js'
import {
  FlowAnswerType,
  FlowEdgeConnection,
  FlowNodeConnection,
  FlowSourceConnection,
} from '../schema/flow-answer.type.js'
import { InfluenceAnswerType, NodeInfluenceConnection } from '../schema/influence-answer.type.js'
import { PageArgs } from '../schema/page.args.js'
import { AttributionCheckResult } from '../schema/result.unions.js'
import { answerOrProblem } from './answer-or-problem.js'
import {
  type ablationAnswerView,
  ablationRowView,
  type attributionAnswerView,
  attributionScoreView,
  type flowAnswerView,
  flowEdgeView,
  flowNodeView,
  type influenceAnswerView,
  stepView,
} from './answer-view.js'
import type { ApiContext } from './api-context.js'
import { listView } from './connection-view.js'
import { NodeView } from './node-view.js'
import { inAnswerOrder, indicesInOrder } from './strongest-first.js'

type Order = keyof typeof AnswerOrderEnum
const ORDER = { defaultValue: 'CANONICAL' as const, description: 'In which order.' }

@Resolver(() => FlowAnswerType)
export class FlowAnswerResolver {
  @FieldResolver(() => FlowSourceConnection, { description: 'The totals of each source on its own.' })
  sources(
    @Root() answer: ReturnType<typeof flowAnswerView>,
    @Arg('order', () => AnswerOrderEnum, ORDER) order: Order,
    @Args(() => PageArgs) page: PageArgs,
  ): object {
    const rows = inAnswerOrder(answer.sources, order, (row) => row.signedTotal)
    return listView(
      rows,
      page,
      ['sources', answer.provenance.questionHash, order],
      ({ step, ...totals }) => ({
        ...stepView(answer.open, step),
        ...totals,
      }),
    )
  }

  @FieldResolver(() => FlowNodeConnection, {
    description: 'Nodes on the paths, and how much passes each. STRONGEST goes by absolute mass.',
  })
  nodes(
    @Root() { open, masses, provenance }: ReturnType<typeof flowAnswerView>,
    @Arg('order', () => AnswerOrderEnum, ORDER) order: Order,
    @Args(() => PageArgs) page: PageArgs,
  ): object {
    const { nodes } = masses()
    const name = ['flowNodes', provenance.questionHash, order]
    return listView(indicesInOrder(nodes, order), page, name, (i) => flowNodeView(open, nodes.row(i)))
  }

  @FieldResolver(() => FlowEdgeConnection, {
    nullable: true,
    description:
      'Edges on the paths, implied ones too, and how much passes each. STRONGEST goes by absolute mass. Null, with an error, for more than 5,000,000.',
  })
  edges(
    @Root() { open, masses, provenance }: ReturnType<typeof flowAnswerView>,
    @Arg('order', () => AnswerOrderEnum, ORDER) order: Order,
    @Args(() => PageArgs) page: PageArgs,
  ): object {
    const edges = masses().edges()
    const name = ['flowEdges', provenance.questionHash, order]
    return listView(indicesInOrder(edges, order), page, name, (i) => flowEdgeView(open, edges.row(i)))
  }
}

@Resolver(() => InfluenceAnswerType)
export class InfluenceAnswerResolver {
  @FieldResolver(() => NodeInfluenceConnection, { description: 'Influence node by node.' })
  nodes(
    @Root() answer: ReturnType<typeof influenceAnswerView>,
    @Arg('order', () => AnswerOrderEnum, ORDER) order: Order,
    @Args(() => PageArgs) page: PageArgs,
  ): object {
    const rows = inAnswerOrder(answer.rows, order, (row) => row.influence)
    return listView(rows, page, ['influence', answer.provenance.questionHash, order], (row) => ({
      ...row,
      node: new NodeView(answer.open, row.node),
    }))
  }
}

@Resolver(() => AblationAnswerType)
export class AblationAnswerResolver {
  @FieldResolver(() => AblationRowConnection, {
    description:
      'One row per element of a sweep; empty for TOGETHER. STRONGEST goes by the effect in the first reading.',
  })
  rows(
    @Root() answer: ReturnType<typeof ablationAnswerView>,
    @Arg('order', () => AnswerOrderEnum, ORDER) order: Order,
    @Args(() => PageArgs) page: PageArgs,
  ): object {
    const rows = inAnswerOrder(answer.sweep, order, (row) => row.readings[0]?.effect)
    return listView(rows, page, ['sweep', answer.provenance.questionHash, order], (row) =>
      ablationRowView(answer.open, row),
    )
  }
}

@Resolver(() => AttributionAnswerType)
export class AttributionAnswerResolver {
  @FieldResolver(() => AttributionScoreConnection, { description: 'Scores element by element.' })
  scores(
    @Root() answer: ReturnType<typeof attributionAnswerView>,
    @Arg('order', () => AnswerOrderEnum, ORDER) order: Order,
    @Args(() => PageArgs) page: PageArgs,
  ): object {
    const rows = inAnswerOrder(answer.rows, order, (row) => row.score)
    return listView(rows, page, ['scores', answer.provenance.questionHash, order], (row) =>
      attributionScoreView(answer.open, row),
    )
  }

  @FieldResolver(() => AttributionCheckResult, {
    description:
      'The same elements ablated exactly: how far the scores can be trusted. Runs the model once per element and prompt.',
  })
  check(
    @Root() { open, asked }: ReturnType<typeof attributionAnswerView>,
    @Arg('top', () => Int, {
      defaultValue: 10,
      description: 'The elements with the largest scores, to 1,000.',
    })
    top: number,
    @Arg('sample', () => Int, {
      defaultValue: 10,
      description: 'Elements drawn evenly from the rest, to 1,000.',
    })
    sample: number,
    @Arg('seed', () => Int, { defaultValue: 0, description: 'Seed of the draw.' }) seed: number,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const { question, answer } = asked
      const check = { top, sample, seed }
      const checked = await context.useCases.checkAttribution(open, question, answer, check, context.asking)
      return { ...checked, __typename: 'AttributionCheck' }
    })
  }
}

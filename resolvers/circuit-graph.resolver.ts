/** What can be asked of every graph. */
import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { AblationInput } from '../schema/ablation.input.js'
import { AttributionInput } from '../schema/attribution.input.js'
import { CapabilityEnum } from '../schema/catalogue.enum.js'
import { CircuitEdgeConnection } from '../schema/circuit-edge.type.js'
import { CircuitGraphInterface } from '../schema/circuit-graph.interface.js'
import { CircuitNodeConnection } from '../schema/circuit-node.type.js'
import { EdgeFilterInput } from '../schema/edge-filter.input.js'
import { GraphExpressionInput, WeightedNodeInput } from '../schema/graph-expression.input.js'
import { GraphSummaryType } from '../schema/graph-summary.type.js'
import { LinksInput } from '../schema/links.input.js'
import { ModelIdentityType } from '../schema/model-identity.type.js'
import { NodeFilterInput } from '../schema/node-filter.input.js'
import { NodeSelectorInput, PathEndInput } from '../schema/node-selector.input.js'
import { EdgeOrderInput, NodeOrderInput } from '../schema/order.input.js'
import { PageArgs } from '../schema/page.args.js'
import { PathRankEnum } from '../schema/question.enum.js'
import {
  AblationResult,
  AttributionResult,
  FlowResult,
  GraphColumnsResult,
  InfluenceResult,
  PathResult,
  RunResult,
} from '../schema/result.unions.js'
import { RunInput } from '../schema/run.input.js'
import { SubcircuitType } from '../schema/subcircuit.type.js'
import type { Capability } from '../src/application/use-cases.js'
import { InvalidInput } from '../src/domain/errors.js'
import { answerOrProblem } from './answer-or-problem.js'
import {
  ablationAnswerView,
  attributionAnswerView,
  flowAnswerView,
  influenceAnswerView,
  pathAnswerView,
  runAnswerView,
} from './answer-view.js'
import type { ApiContext } from './api-context.js'
import { connectionView, pageFromArgs } from './connection-view.js'
import { EdgeView } from './edge-view.js'
import { checkFilterSize } from './filter-limit.js'
import { type GraphView, openView, type SubcircuitView, subcircuitView } from './graph-view.js'
import { modelIdentityFromKey, modelIdentityView } from './model-identity-view.js'
import { NodeView } from './node-view.js'
import { ablationQuestion, attributionQuestion, runQuestion } from './question-from-input.js'
import {
  expressionFromInput,
  pathEndFromInput,
  productLinks,
  selectorFromInput,
} from './selector-from-input.js'

@Resolver(() => CircuitGraphInterface)
export class CircuitGraphResolver {
  @FieldResolver(() => ModelIdentityType, { description: 'The model that the graph speaks about.' })
  async model(@Root() graph: GraphView, @Ctx() context: ApiContext): Promise<ModelIdentityType> {
    if (graph.__typename === 'Circuit') return modelIdentityFromKey(graph.modelKey)
    return modelIdentityView((await openView(graph, context)).graph.model)
  }

  @FieldResolver(() => [CapabilityEnum], { description: 'What can be asked of this graph.' })
  async capabilities(@Root() graph: GraphView, @Ctx() context: ApiContext): Promise<readonly Capability[]> {
    return context.useCases.capabilities(await openView(graph, context))
  }

  @FieldResolver(() => CircuitNodeConnection, {
    description: 'Nodes, in canonical order unless asked otherwise.',
  })
  async nodes(
    @Root() graph: GraphView,
    @Arg('filter', () => NodeFilterInput, { nullable: true, description: 'Only nodes that fit.' })
    filter: NodeFilterInput | null,
    @Arg('orderBy', () => NodeOrderInput, { nullable: true, description: 'Default: canonical order.' })
    order: NodeOrderInput | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    const open = await openView(graph, context)
    const found = await context.useCases.nodes(open, {
      filter: filter == null ? null : checkFilterSize(filter, 'filter'),
      orderBy: order == null ? null : nodeOrder(order),
      page: pageFromArgs(page),
    })
    return connectionView(found, (ordinal) => new NodeView(open, open.graph.nodes[ordinal]!))
  }

  @FieldResolver(() => CircuitEdgeConnection, {
    description: 'Stored edges, in canonical order unless asked otherwise.',
  })
  async edges(
    @Root() graph: GraphView,
    @Arg('filter', () => EdgeFilterInput, { nullable: true, description: 'Only edges that fit.' })
    filter: EdgeFilterInput | null,
    @Arg('orderBy', () => EdgeOrderInput, { nullable: true, description: 'Default: canonical order.' })
    order: EdgeOrderInput | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    const open = await openView(graph, context)
    const found = await context.useCases.edges(open, {
      filter: filter == null ? null : checkFilterSize(filter, 'filter'),
      orderBy: order == null ? null : { field: order.by.field ?? 'CANONICAL', direction: order.direction },
      page: pageFromArgs(page),
    })
    return connectionView(found, (edge) => new EdgeView(open, edge))
  }

  @FieldResolver(() => GraphColumnsResult, {
    description: 'All nodes and edges as columns, the shape for programs; above 200,000 edges a problem.',
  })
  columns(
    @Root() graph: GraphView,
    @Arg('edges', () => EdgeFilterInput, { nullable: true, description: 'Only edges that fit.' })
    edges: EdgeFilterInput | null,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const question = { edges: edges == null ? null : checkFilterSize(edges, 'edges') }
      const columns = await context.useCases.columns(await openView(graph, context), question, context.asking)
      return { ...columns, __typename: 'GraphColumns' }
    })
  }

  @FieldResolver(() => GraphSummaryType, { description: 'Counts and quantiles.' })
  async summary(@Root() graph: GraphView, @Ctx() context: ApiContext): Promise<object> {
    return context.useCases.summary(await openView(graph, context))
  }

  @FieldResolver(() => SubcircuitType, {
    nullable: true,
    description: 'A graph made from this one; null with an error at the top when the expression is refused.',
  })
  async select(
    @Root() graph: GraphView,
    @Arg('expression', () => GraphExpressionInput, { description: 'How it is made.' })
    expression: GraphExpressionInput,
    @Ctx() context: ApiContext,
  ): Promise<SubcircuitView> {
    const wanted = await expressionFromInput(expression, context)
    return subcircuitView(
      await context.useCases.select(await openView(graph, context), wanted, context.asking),
    )
  }

  @FieldResolver(() => PathResult, { description: 'The strongest paths from one set to another.' })
  paths(
    @Root() graph: GraphView,
    @Arg('from', () => PathEndInput, {
      nullable: true,
      description:
        'Where paths begin; default: the tokens of an attribution graph, else nodes without inputs.',
    })
    from: PathEndInput | null,
    @Arg('to', () => PathEndInput, {
      nullable: true,
      description:
        'Where paths end; default: the logits of an attribution graph, else nodes without outputs.',
    })
    to: PathEndInput | null,
    @Arg('rankBy', () => PathRankEnum, {
      nullable: true,
      description: 'Default: by the graph’s edgeMeaning.',
    })
    rankBy: keyof typeof PathRankEnum | null,
    @Arg('links', () => LinksInput, {
      nullable: true,
      description: 'Implied links; default residual, OV_ONLY.',
    })
    links: LinksInput | null,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many paths, 1 to 10,000.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the path to continue after.' })
    after: string | null,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      const ends = {
        from: await pathEndFromInput(from, open, context),
        to: await pathEndFromInput(to, open, context),
      }
      const question = {
        ...ends,
        rankBy: rankBy ?? null,
        links: productLinks(links),
        first,
        after: after ?? null,
      }
      return pathAnswerView(open, await context.useCases.askPaths(open, question, context.asking))
    })
  }

  @FieldResolver(() => FlowResult, { description: 'Number and totals of all paths from one set to another.' })
  flow(
    @Root() graph: GraphView,
    @Arg('from', () => PathEndInput, {
      nullable: true,
      description:
        'Where paths begin; default: the tokens of an attribution graph, else nodes without inputs.',
    })
    from: PathEndInput | null,
    @Arg('to', () => PathEndInput, {
      nullable: true,
      description:
        'Where paths end; default: the logits of an attribution graph, else nodes without outputs.',
    })
    to: PathEndInput | null,
    @Arg('via', () => NodeSelectorInput, {
      nullable: true,
      description: 'Only the part that passes these nodes: the total minus the total without them.',
    })
    via: NodeSelectorInput | null,
    @Arg('links', () => LinksInput, {
      nullable: true,
      description: 'Implied links; default residual, OV_ONLY.',
    })
    links: LinksInput | null,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      const ends = {
        from: await pathEndFromInput(from, open, context),
        to: await pathEndFromInput(to, open, context),
      }
      const through = via == null ? null : await selectorFromInput(via, context)
      const question = { ...ends, via: through, links: productLinks(links) }
      return flowAnswerView(open, await context.useCases.askFlow(open, question, context.asking))
    })
  }

  @FieldResolver(() => InfluenceResult, {
    description: 'Which nodes matter for the logits, or for given nodes.',
  })
  influence(
    @Root() graph: GraphView,
    @Arg('on', () => [WeightedNodeInput], {
      nullable: true,
      description: 'Start weights; default: the logits by their probabilities.',
    })
    on: WeightedNodeInput[] | null,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      return influenceAnswerView(
        open,
        await context.useCases.askInfluence(open, { on: on ?? null }, context.asking),
      )
    })
  }

  @FieldResolver(() => RunResult, { description: 'Runs the model, or the circuit alone, on a prompt.' })
  run(
    @Root() graph: GraphView,
    @Arg('input', () => RunInput, { description: 'What to run and what to give back.' }) input: RunInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      return runAnswerView(open, await context.useCases.run(open, runQuestion(input), context.asking))
    })
  }

  @FieldResolver(() => AblationResult, {
    description: 'Replaces nodes and measures, or estimates, what changes.',
  })
  ablate(
    @Root() graph: GraphView,
    @Arg('input', () => AblationInput, { description: 'What to ablate and what to measure.' })
    input: AblationInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      const question = await ablationQuestion(input, context)
      return ablationAnswerView(open, await context.useCases.ablate(open, question, context.asking))
    })
  }

  @FieldResolver(() => AttributionResult, { description: 'Scores nodes by their contribution to a metric.' })
  attribute(
    @Root() graph: GraphView,
    @Arg('input', () => AttributionInput, { description: 'What to explain and how.' })
    input: AttributionInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      const question = await attributionQuestion(input, context)
      return attributionAnswerView(open, await context.useCases.attribute(open, question, context.asking))
    })
  }
}

function nodeOrder({ by, direction }: NodeOrderInput) {
  if (by.field) return { by: { kind: 'field', field: by.field } as const, direction }
  if (by.score == null) throw new InvalidInput('BAD_INPUT', 'orderBy.by needs exactly one member')
  return { by: { kind: 'score', score: by.score } as const, direction }
}

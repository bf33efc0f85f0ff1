/** What every graph shows of itself, and the graphs that can be made from it. */
import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { BulkFormatEnum } from '../schema/bulk-format.enum.js'
import { CapabilityEnum } from '../schema/catalogue.enum.js'
import { CircuitEdgeConnection } from '../schema/circuit-edge.type.js'
import { CircuitGraphInterface } from '../schema/circuit-graph.interface.js'
import { CircuitNodeConnection } from '../schema/circuit-node.type.js'
import { EdgeFilterInput } from '../schema/edge-filter.input.js'
import { GraphExpressionInput } from '../schema/graph-expression.input.js'
import { GraphSummaryType } from '../schema/graph-summary.type.js'
import { ModelIdentityType } from '../schema/model-identity.type.js'
import { NodeFilterInput } from '../schema/node-filter.input.js'
import { EdgeOrderInput, NodeOrderInput } from '../schema/order.input.js'
import { PageArgs } from '../schema/page.args.js'
import { GraphColumnsResult } from '../schema/result.unions.js'
import { SubcircuitType } from '../schema/subcircuit.type.js'
import { Url } from '../schema/url.scalar.js'
import type { Capability } from '../src/application/use-cases.js'
import { InvalidInput } from '../src/domain/errors.js'
import { answerOrProblem } from './answer-or-problem.js'
import type { ApiContext } from './api-context.js'
import { connectionView, pageFromArgs } from './connection-view.js'
import { EdgeView } from './edge-view.js'
import { expressionFromInput } from './expression-from-input.js'
import { checkExpressionSize } from './expression-limit.js'
import { checkFilterSize } from './filter-limit.js'
import { graphColumnsView } from './graph-columns-view.js'
import { type GraphView, openView, type SubcircuitView, subcircuitView } from './graph-view.js'
import { modelIdentityFromKey, modelIdentityView } from './model-identity-view.js'
import { NodeView } from './node-view.js'

@Resolver(() => CircuitGraphInterface)
export class CircuitGraphResolver {
  @FieldResolver(() => ModelIdentityType, { description: 'The model that the graph speaks about.' })
  async model(@Root() graph: GraphView, @Ctx() context: ApiContext): Promise<ModelIdentityType> {
    if (graph.__typename === 'Circuit') return modelIdentityFromKey(graph.modelKey)
    return modelIdentityView((await openView(graph, context)).graph.model)
  }

  @FieldResolver(() => Url, {
    description:
      'Where the whole graph is streamed: as an Apache Arrow IPC stream of its edges, or as JSON lines.',
  })
  download(
    @Root() graph: GraphView,
    @Arg('format', () => BulkFormatEnum, { description: 'How it is written.' })
    format: keyof typeof BulkFormatEnum,
  ): string {
    return `/graphs/${graph.id}.${format.toLowerCase()}`
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
      return graphColumnsView(columns)
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
    const open = await openView(graph, context)
    const wanted = await expressionFromInput(checkExpressionSize(expression), open, context)
    return subcircuitView(await context.useCases.select(open, wanted, context.asking))
  }
}

function nodeOrder({ by, direction }: NodeOrderInput) {
  if (by.field) return { by: { kind: 'field', field: by.field } as const, direction }
  if (by.score == null) throw new InvalidInput('BAD_INPUT', 'orderBy.by needs exactly one member')
  return { by: { kind: 'score', score: by.score } as const, direction }
}

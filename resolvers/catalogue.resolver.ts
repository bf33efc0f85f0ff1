import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql'
import { AnnotationConnection } from '../schema/annotation.type.js'
import { CircuitConnection, CircuitType } from '../schema/circuit.type.js'
import { CircuitFilterInput, ModelFilterInput } from '../schema/circuit-filter.input.js'
import { CircuitOrderInput, ModelOrderInput } from '../schema/order.input.js'
import { PageArgs } from '../schema/page.args.js'
import { CircuitRefInput, ModelRefInput } from '../schema/ref.input.js'
import { SparseModelConnection, SparseModelType } from '../schema/sparse-model.type.js'
import { NotFound } from '../src/domain/errors.js'
import type { ApiContext } from './api-context.js'
import { circuitConditionFromInput } from './circuit-condition-from-input.js'
import { connectionView, listView, pageFromArgs } from './connection-view.js'
import { type CircuitView, circuitView, modelView, type SparseModelView } from './graph-view.js'
import { refFromInput } from './open-by-ref.js'
import { annotationView } from './record-view.js'

const CIRCUIT_FIELDS = {
  NAME: 'name',
  CREATED_AT: 'createdAt',
  NODE_COUNT: 'nodeCount',
  EDGE_COUNT: 'edgeCount',
  ID: 'id',
} as const
const MODEL_FIELDS = {
  NAME: 'name',
  CREATED_AT: 'createdAt',
  PARAMETER_COUNT: 'parameterCount',
  NONZERO_COUNT: 'nonzeroCount',
  ID: 'id',
} as const

@Resolver()
export class CatalogueResolver {
  @Query(() => CircuitConnection, {
    description: 'Circuits of the catalogue, by name unless asked otherwise.',
  })
  async circuits(
    @Arg('filter', () => CircuitFilterInput, { nullable: true, description: 'Only circuits that fit.' })
    filter: CircuitFilterInput | null,
    @Arg('orderBy', () => CircuitOrderInput, { nullable: true, description: 'Default: by name.' })
    order: CircuitOrderInput | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { useCases }: ApiContext,
  ): Promise<object> {
    const orderBy = order == null ? null : { field: CIRCUIT_FIELDS[order.field], direction: order.direction }
    const where = circuitConditionFromInput(filter)
    return connectionView(
      await useCases.findCircuits({ where, orderBy, page: pageFromArgs(page) }),
      circuitView,
    )
  }

  @Query(() => CircuitType, { nullable: true, description: 'One circuit; null where there is none.' })
  async circuit(
    @Arg('ref', () => CircuitRefInput, { description: 'Which.' }) ref: CircuitRefInput,
    @Ctx() { useCases }: ApiContext,
  ): Promise<CircuitView | null> {
    const summary = await useCases.resolveCircuit(refFromInput(ref, 'circuit'))
    return summary === null ? null : circuitView(summary)
  }

  @Query(() => SparseModelConnection, {
    description: 'Sparse models of the catalogue, by name unless asked otherwise.',
  })
  async models(
    @Arg('filter', () => ModelFilterInput, { nullable: true, description: 'Only models that fit.' })
    filter: ModelFilterInput | null,
    @Arg('orderBy', () => ModelOrderInput, { nullable: true, description: 'Default: by name.' })
    order: ModelOrderInput | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { useCases }: ApiContext,
  ): Promise<object> {
    const orderBy = order == null ? null : { field: MODEL_FIELDS[order.field], direction: order.direction }
    const question = { nameContains: filter?.nameContains ?? null, orderBy, page: pageFromArgs(page) }
    return connectionView(await useCases.findModels(question), modelView)
  }

  @Query(() => SparseModelType, {
    nullable: true,
    description: 'One sparse model; null where there is none.',
  })
  async model(
    @Arg('ref', () => ModelRefInput, { description: 'Which.' }) ref: ModelRefInput,
    @Ctx() { useCases }: ApiContext,
  ): Promise<SparseModelView | null> {
    const summary = await useCases.resolveModel(refFromInput(ref, 'model'))
    return summary === null ? null : modelView(summary)
  }

  @Query(() => AnnotationConnection, { description: 'Labels, notes, supernodes and views beside a circuit.' })
  async annotations(
    @Arg('circuit', () => CircuitRefInput, { description: 'Beside which circuit.' }) ref: CircuitRefInput,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { useCases, loaders }: ApiContext,
  ): Promise<object> {
    const circuit = await useCases.resolveCircuit(refFromInput(ref, 'circuit'))
    if (circuit === null) throw new NotFound(`there is no circuit ${JSON.stringify(ref.id ?? ref.name)}`)
    const annotations = await loaders.annotations.load(circuit.id)
    return listView(annotations, page, ['annotations', circuit.id], annotationView)
  }
}

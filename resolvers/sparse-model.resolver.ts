import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { CircuitConnection } from '../schema/circuit.type.js'
import { CircuitFilterInput } from '../schema/circuit-filter.input.js'
import { ImportRecordConnection } from '../schema/import-record.type.js'
import { ModelIdentityType } from '../schema/model-identity.type.js'
import { PageArgs } from '../schema/page.args.js'
import { SparseModelType } from '../schema/sparse-model.type.js'
import type { CircuitCondition } from '../src/query/catalogue-query.js'
import type { ApiContext } from './api-context.js'
import { circuitConditionFromInput } from './circuit-condition-from-input.js'
import { connectionView, listView, pageFromArgs } from './connection-view.js'
import { circuitView, modelView, type SparseModelView } from './graph-view.js'
import { importView } from './record-view.js'

@Resolver(() => SparseModelType)
export class SparseModelResolver {
  @FieldResolver(() => ImportRecordConnection, { description: 'How it came in, oldest first.' })
  async imports(
    @Root() model: SparseModelView,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { loaders }: ApiContext,
  ): Promise<object> {
    const records = await loaders.imports.load(model.hash)
    return listView(records, page, ['imports', model.hash], (record) => importView(record, 'model'))
  }

  @FieldResolver(() => CircuitConnection, { description: 'Circuits that speak about it, by name.' })
  async circuits(
    @Root() model: SparseModelView,
    @Arg('filter', () => CircuitFilterInput, { nullable: true, description: 'Only circuits that fit.' })
    filter: CircuitFilterInput | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { useCases }: ApiContext,
  ): Promise<object> {
    const ofModel: CircuitCondition = {
      kind: 'text',
      field: 'modelKey',
      match: { eq: `sparse:${model.hash}` },
    }
    const asked = circuitConditionFromInput(filter)
    const where: CircuitCondition = asked === null ? ofModel : { kind: 'and', of: [ofModel, asked] }
    return connectionView(
      await useCases.findCircuits({ where, orderBy: null, page: pageFromArgs(page) }),
      circuitView,
    )
  }
}

@Resolver(() => ModelIdentityType)
export class ModelIdentityResolver {
  @FieldResolver(() => SparseModelType, {
    nullable: true,
    description: 'The sparse model, where this catalogue has it; null for foreign models.',
  })
  async sparseModel(
    @Root() identity: ModelIdentityType,
    @Ctx() { loaders }: ApiContext,
  ): Promise<object | null> {
    const model =
      identity.sparseModelHash === null ? null : await loaders.model.load(identity.sparseModelHash)
    return model === null ? null : modelView(model)
  }
}

import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { CircuitGraphInterface } from '../schema/circuit-graph.interface.js'
import { SubcircuitType } from '../schema/subcircuit.type.js'
import type { ApiContext } from './api-context.js'
import { circuitView, modelView, type SubcircuitView } from './graph-view.js'

@Resolver(() => SubcircuitType)
export class SubcircuitResolver {
  @FieldResolver(() => CircuitGraphInterface, {
    nullable: true,
    description: 'The circuit or model that it is derived from; null when that has been deleted meanwhile.',
  })
  async root(@Root() { open }: SubcircuitView, @Ctx() { loaders }: ApiContext): Promise<object | null> {
    if (open.rootType === 'model') {
      const model = await loaders.model.load(open.rootId)
      return model === null ? null : modelView(model)
    }
    const circuit = await loaders.circuit.load(open.rootId)
    return circuit === null ? null : circuitView(circuit)
  }
}

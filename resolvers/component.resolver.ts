import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { CircuitType } from '../schema/circuit.type.js'
import { ComponentType, ComponentUseConnection, ComponentUseType } from '../schema/component.type.js'
import { PageArgs } from '../schema/page.args.js'
import { placeOfAddress } from '../src/application/component-uses.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { LimitExceeded, NotFound } from '../src/domain/errors.js'
import { printGlobalId } from '../src/domain/global-id.js'
import type { ApiContext } from './api-context.js'
import { connectionView, pageFromArgs } from './connection-view.js'
import { type CircuitView, circuitView } from './graph-view.js'
import { modelIdentityFromKey } from './model-identity-view.js'
import { NodeView } from './node-view.js'

const MOST_COMPONENTS = 1_000

export type ComponentView = ComponentType & { readonly __typename: 'Component' }
type UseView = ComponentUseType & { readonly open: OpenGraph }

/** A foreign model's key may hold a slash, which an id keeps for what follows it. */
export function componentView(modelKey: string, address: string): ComponentView {
  const id = printGlobalId('component', encodeURIComponent(modelKey), address)
  return { __typename: 'Component', id, model: modelIdentityFromKey(modelKey), address }
}

@Resolver()
export class ComponentsResolver {
  @Query(() => [ComponentType], {
    description: 'Places of a model, to ask which circuits use them; in the order of the addresses.',
  })
  components(
    @Arg('model', () => String, {
      description: 'Key of the model, as `model { key }` of a circuit tells it.',
    })
    model: string,
    @Arg('addresses', () => [String], {
      description: 'Addresses of the places, at most 1,000; a position in one does not matter.',
    })
    addresses: string[],
  ): ComponentView[] {
    if (addresses.length > MOST_COMPONENTS)
      throw new LimitExceeded(
        `components are asked for by at most ${MOST_COMPONENTS} addresses, here are ${addresses.length}`,
      )
    return addresses.map((address, i) => componentView(model, placeOfAddress(address, `addresses[${i}]`)))
  }
}

@Resolver(() => ComponentType)
export class ComponentResolver {
  @FieldResolver(() => ComponentUseConnection, {
    description: 'Nodes of circuits that stand there, by circuit id and then in canonical order.',
  })
  async uses(
    @Root() { model, address }: ComponentView,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { useCases, asking }: ApiContext,
  ): Promise<object> {
    const found = await useCases.componentUses(model.key, address, pageFromArgs(page), asking)
    return connectionView(found, ({ node, open, ...use }) => ({
      ...use,
      open,
      node: new NodeView(open, node),
    }))
  }
}

@Resolver(() => ComponentUseType)
export class ComponentUseResolver {
  @FieldResolver(() => CircuitType, { description: 'The circuit that uses it.' })
  async circuit(@Root() { open }: UseView, @Ctx() { loaders }: ApiContext): Promise<CircuitView> {
    const summary = await loaders.circuit.load(open.id)
    if (summary === null) throw new NotFound(`there is no circuit ${open.id}`)
    return circuitView(summary)
  }
}

import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql'
import { NodeInterface } from '../schema/node.interface.js'
import { LimitExceeded } from '../src/domain/errors.js'
import type { ApiContext } from './api-context.js'
import { thingById } from './thing-by-id.js'

const MAX_IDS = 1_000

@Resolver()
export class NodeResolver {
  @Query(() => NodeInterface, {
    nullable: true,
    description: 'Whatever a global id stands for; null where it is gone.',
  })
  node(
    @Arg('id', () => ID, { description: 'A global id that this server gave out.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<object | null> {
    return thingById(id, context)
  }

  @Query(() => [NodeInterface], {
    nullable: 'items',
    description: 'Whatever global ids stand for, in their order; null where one is gone.',
  })
  async nodes(
    @Arg('ids', () => [ID], { description: 'Global ids that this server gave out, at most 1,000.' })
    ids: string[],
    @Ctx() context: ApiContext,
  ): Promise<(object | null)[]> {
    if (ids.length > MAX_IDS) throw new LimitExceeded(`nodes takes at most ${MAX_IDS} ids, not ${ids.length}`)
    return Promise.all(ids.map((id) => thingById(id, context)))
  }
}

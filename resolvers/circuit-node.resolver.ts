import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { CircuitNodeType } from '../schema/circuit-node.type.js'
import { SafeInt } from '../schema/safe-int.scalar.js'
import type { ApiContext } from './api-context.js'
import type { NodeView } from './node-view.js'

/** Taps whose channels are laid out head by head. */
const HEAD_TAPS: readonly string[] = ['q', 'k', 'v']

@Resolver(() => CircuitNodeType)
export class CircuitNodeResolver {
  @FieldResolver(() => Number, {
    nullable: true,
    description:
      'A named score, unit and sign as its score set says; null where the node or graph has none of it.',
  })
  async score(
    @Root() { open, node }: NodeView,
    @Arg('name', () => String, { description: 'Name of the score; see summary.scoreNames.' }) name: string,
    @Ctx() { useCases }: ApiContext,
  ): Promise<number | null> {
    return (await useCases.scores(open)).get(name)?.[node.ordinal] ?? null
  }

  @FieldResolver(() => SafeInt, {
    nullable: true,
    description: 'Head, from 0; heads, and channels of q, k, v and attn.y of a sparse model.',
  })
  async headIndex(@Root() view: NodeView, @Ctx() context: ApiContext): Promise<number | null> {
    const { site } = view.node.place
    if (site.kind === 'head') return site.index
    if (site.kind === 'pattern') return site.head
    const width = await headWidth(view, context)
    return width === null || view.index === null ? null : Math.floor(view.index / width)
  }

  @FieldResolver(() => SafeInt, {
    nullable: true,
    description: 'Index inside the head, from 0; channels of q, k, v and attn.y of a sparse model.',
  })
  async channelInHead(@Root() view: NodeView, @Ctx() context: ApiContext): Promise<number | null> {
    const width = await headWidth(view, context)
    return width === null || view.index === null ? null : view.index % width
  }
}

/** Channels per head, where the node is a channel of a head of a known model. */
async function headWidth({ node, open }: NodeView, { loaders }: ApiContext): Promise<number | null> {
  const { site } = node.place
  const inHead =
    (site.kind === 'channel' && HEAD_TAPS.includes(site.tap)) ||
    (site.kind === 'stream' && site.point === 'attn.y')
  if (!inHead || open.graph.model.kind !== 'sparse') return null
  const config = (await loaders.model.load(open.graph.model.id))?.config as
    | { readonly d_head?: unknown }
    | undefined
  return typeof config?.d_head === 'number' ? config.d_head : null
}

import { Field, ID, InterfaceType } from 'type-graphql'

@InterfaceType('Node', {
  description: 'Anything with a global id: give the id to `node(id)` and the same thing comes back.',
  resolveType: (value: { readonly __typename: string }) => value.__typename,
})
export abstract class NodeInterface {
  @Field(() => ID, { description: 'Global id; opaque, stable, unique among all things of this server.' })
  id!: string
}

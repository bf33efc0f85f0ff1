import { Field, InterfaceType } from 'type-graphql'
import type { CircuitSource, EdgeMeaning } from '../src/domain/edge-meaning.js'
import { CircuitSourceEnum } from './circuit-source.enum.js'
import { EdgeMeaningEnum } from './edge-meaning.enum.js'
import { NodeInterface } from './node.interface.js'
import { Sha256 } from './sha256.scalar.js'

/** Its fields with arguments stand in `resolvers/circuit-graph.resolver.ts` and are inherited by every graph. */
@InterfaceType('CircuitGraph', {
  implements: NodeInterface,
  description:
    'A graph that questions can be asked of: a stored circuit, a whole sparse model, or a graph derived from either by an expression.',
  resolveType: (value: { readonly __typename: string }) => value.__typename,
})
export abstract class CircuitGraphInterface extends NodeInterface {
  @Field(() => Sha256, {
    description:
      'Hash of the content (circuit, model) or of the stored root and the canonical expression (subcircuit).',
  })
  hash!: string

  @Field(() => CircuitSourceEnum, { description: 'What the graph was cut from.' })
  source!: CircuitSource

  @Field(() => EdgeMeaningEnum, { description: 'What an edge value means.' })
  edgeMeaning!: EdgeMeaning
}

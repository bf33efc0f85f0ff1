/** The GraphQL schema: built once from the resolvers, printed as the contract in `schema/schema.graphql`. */
import 'reflect-metadata'
import { GraphQLInputObjectType, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { buildSchemaSync } from 'type-graphql'
import { RESOLVERS } from '../../resolvers/index.js'
import { ONE_OF_INPUTS } from '../../schema/one-of-inputs.js'
import { invariant } from '../domain/errors.js'

export function buildApiSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [...RESOLVERS],
    // Arguments are checked by their types and by the use cases; class-validator has nothing to add.
    validate: false,
    // Subscriptions bring their own iterables; type-graphql asks for a hub all the same.
    pubSub: { publish: noHub, subscribe: noHub },
  })
  for (const name of ONE_OF_INPUTS) {
    const type = schema.getType(name)
    invariant(type instanceof GraphQLInputObjectType, `${name} is an input of the schema`)
    type.isOneOf = true
  }
  return schema
}

/** Types and fields in alphabetical order, so that a diff shows changes of meaning alone. */
export function printApiSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}

function noHub(): never {
  throw new Error('invariant broken: every subscription brings its own iterable')
}

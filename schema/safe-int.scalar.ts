import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'

function safe(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new GraphQLError(
      `SafeInt is a whole number between −(2^53 − 1) and 2^53 − 1, not ${JSON.stringify(value)}`,
    )
  }
  return value
}

/** GraphQL's Int ends at 32 bits; feature numbers and parameter counts do not. */
export const SafeInt = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  description: 'A whole number that a double holds exactly: −(2^53 − 1) to 2^53 − 1.',
  specifiedByURL: 'https://tc39.es/ecma262/#sec-number.max_safe_integer',
  serialize: safe,
  parseValue: safe,
  parseLiteral: (node) => safe(node.kind === Kind.INT ? Number(node.value) : node.kind),
})

import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'

function hash(value: unknown): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) {
    throw new GraphQLError(`SHA256 is 64 lower-case hex digits, not ${JSON.stringify(value)?.slice(0, 80)}`)
  }
  return value
}

export const Sha256 = new GraphQLScalarType<string, string>({
  name: 'SHA256',
  description: 'A SHA-256 hash as 64 lower-case hex digits.',
  specifiedByURL: 'https://csrc.nist.gov/pubs/fips/180-4/upd1/final',
  serialize: hash,
  parseValue: hash,
  parseLiteral: (node) => hash(node.kind === Kind.STRING ? node.value : node.kind),
})

import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'

function instant(value: unknown): string {
  const date = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : null
  if (date === null || Number.isNaN(date.getTime())) {
    throw new GraphQLError(
      `DateTime is an instant such as 2026-11-23T06:00:00.000Z, not ${JSON.stringify(value)?.slice(0, 80)}`,
    )
  }
  return date.toISOString()
}

/** Instants are kept as text in UTC throughout, so that they compare as text in every store. */
export const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description: 'An instant in ISO 8601, UTC, to the millisecond: 2026-11-23T06:00:00.000Z.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: instant,
  parseValue: instant,
  parseLiteral: (node) => instant(node.kind === Kind.STRING ? node.value : node.kind),
})

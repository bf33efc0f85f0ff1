import { GraphQLScalarType } from 'graphql'

export const Url = new GraphQLScalarType<string, string>({
  name: 'URL',
  description: 'A URL, or a reference relative to the address of this server.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3986#section-4.1',
  serialize: (value) => String(value),
})

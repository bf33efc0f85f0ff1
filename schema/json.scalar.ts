import { GraphQLScalarType } from 'graphql'

/** Only for what a file or configuration holds beyond the named fields; nothing that a question needs hides in it. */
export const Json = new GraphQLScalarType({
  name: 'JSON',
  description: 'A JSON value as it stood in a file or configuration.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  serialize: (value) => value,
})

import { GraphQLScalarType } from 'graphql'

/** Exact counts of paths pass 2^53 easily, so they travel as text, small ones too. */
export const Count = new GraphQLScalarType<string, string>({
  name: 'Count',
  description:
    'An exact whole number from 0, of any size, always as a decimal string such as "18446744073709551616".',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259#section-6',
  serialize: (value) => {
    const text = String(value)
    if (!/^(?:0|[1-9][0-9]*)$/.test(text)) throw new TypeError(`Count cannot represent ${text}`)
    return text
  },
})

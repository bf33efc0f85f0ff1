import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'

/** Longer texts are refused before anybody reads them. */
export const MOST_PATTERN_CHARACTERS = 10_000

/** Where every server publishes the grammar; another version of it has another address. */
export const PATTERN_GRAMMAR_PATH = '/grammar/path-pattern/v1'

function text(value: unknown): string {
  if (typeof value !== 'string') throw new GraphQLError(`PathPattern is a text, not ${typeof value}`)
  if (value.length > MOST_PATTERN_CHARACTERS)
    throw new GraphQLError(
      `PathPattern has at most ${MOST_PATTERN_CHARACTERS} characters, this one has ${value.length}`,
    )
  return value
}

export const PathPattern = new GraphQLScalarType<string, string>({
  name: 'PathPattern',
  description:
    'A path pattern, such as `(n:post_act WHERE layer = 0) => (v:v) ->* (l:logit)`: a dialect of ISO GQL (ISO/IEC 39075) path patterns; at most 10,000 characters. This server publishes its grammar at the address that specifies it.',
  specifiedByURL: PATTERN_GRAMMAR_PATH,
  serialize: text,
  parseValue: text,
  parseLiteral: (node) => {
    if (node.kind !== Kind.STRING) throw new GraphQLError(`PathPattern is a text, not ${node.kind}`)
    return text(node.value)
  },
})
